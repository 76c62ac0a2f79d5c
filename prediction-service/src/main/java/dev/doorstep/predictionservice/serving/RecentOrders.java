package dev.doorstep.predictionservice.serving;

import dev.doorstep.forecasting.ForecastInput;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/** Some of the orders that were asked for last, in this process's memory: a new model is tried on them and compared. Thread-safe. */
@Component
public class RecentOrders {
    private static final int KEPT = 256;
    /** One in so many is kept, so that a burst of one product does not fill it. */
    private static final int EVERY = 16;

    private final AtomicReferenceArray<Order> orders = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong seen = new AtomicLong();

    /** An order's parcels, and how sure its date had to be. */
    record Order(List<ForecastInput> parcels, double confidence) {}

    /** Takes an order that was answered. */
    public void add(List<ForecastInput> parcels, double confidence) {
        long number = seen.getAndIncrement();
        if (number % EVERY == 0) {
            orders.set((int) (number / EVERY % KEPT), new Order(parcels, confidence));
        }
    }

    List<Order> orders() {
        return IntStream.range(0, KEPT).mapToObj(orders::get).filter(Objects::nonNull).toList();
    }
}

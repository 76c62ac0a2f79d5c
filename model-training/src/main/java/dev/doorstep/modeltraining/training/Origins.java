package dev.doorstep.modeltraining.training;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.OrdersFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Where the rolling origins of a training lie: so that enough orders come after each whose outcome had time to come before the next.
 */
public final class Origins {
    private static final double TESTED = 0.2;
    private static final double MATURE = 0.1;
    private static final double LEAST_TRAINED = 0.2;
    private static final int LEAST_OUTCOMES = 500;
    private static final double NEARLY_ALL = 0.995;

    private Origins() {}

    /**
     * The origins of a whole file: one whose cohort calibrates, and the cut-off of the forward test.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when the orders span too little time for that
     */
    public static List<Instant> of(OrdersFile file) {
        List<Order> orders = file.orders();
        long delivered = orders.stream().filter(order -> order.deliveredAt() != null).count();
        if (delivered < LEAST_OUTCOMES) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders",
                    "orders: calibration needs at least " + LEAST_OUTCOMES + " delivered orders, and " + delivered + " are there");
        }
        Duration horizon = horizon(firstHalf(orders));
        int mature = before(orders, file.until().minus(horizon));
        int cutoff = (int) Math.min((1 - TESTED) * orders.size(), mature - MATURE * orders.size());
        return List.of(calibrating(orders, cutoff, horizon), at(orders, cutoff));
    }

    /**
     * The origins of a backtest: for each cut-off, one whose cohort calibrates and the cut-off itself.
     *
     * @param cutoffs at even shares of the orders over the last two thirds
     */
    public static List<List<Instant>> rolling(OrdersFile file, int cutoffs) {
        List<Order> orders = file.orders();
        Duration horizon = horizon(firstHalf(orders));
        return java.util.stream.IntStream.range(0, cutoffs).mapToObj(i -> {
            int cutoff = (int) (orders.size() * (1.0 / 3 + 2.0 / 3 * i / cutoffs));
            return List.of(calibrating(orders, cutoff, horizon), at(orders, cutoff));
        }).toList();
    }

    private static Instant calibrating(List<Order> orders, int cutoff, Duration horizon) {
        int known = before(orders, at(orders, cutoff).minus(horizon));
        int origin = (int) Math.min(0.75 * cutoff, known - MATURE * cutoff);
        if (origin < LEAST_TRAINED * cutoff) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: they span too little time: nearly all take up to "
                    + horizon.toDays() + " days to arrive, and only " + known + " of the first " + cutoff + " are older than that");
        }
        return at(orders, origin);
    }

    private static Instant at(List<Order> orders, int index) {
        return orders.get(Math.clamp(index, 0, orders.size() - 1)).instant();
    }

    private static int before(List<Order> orders, Instant instant) {
        int count = 0;
        while (count < orders.size() && orders.get(count).instant().isBefore(instant)) {
            count++;
        }
        return count;
    }

    private static List<Order> firstHalf(List<Order> orders) {
        return orders.subList(0, (orders.size() + 1) / 2);
    }

    /** After which nearly every order that arrives has arrived, by what some orders took. */
    static Duration horizon(List<Order> orders) {
        List<Duration> taken = orders.stream().filter(order -> order.deliveredAt() != null)
                .map(order -> Duration.between(order.instant(), Objects.requireNonNull(order.deliveredAt()))).sorted().toList();
        return taken.isEmpty() ? Duration.ZERO : taken.get((int) (NEARLY_ALL * (taken.size() - 1)));
    }
}

package dev.doorstep.syntheticworld;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import java.time.Instant;
import java.util.List;

/**
 * The hurried customers of a world: what they order overnight of what is soon prepared, placed again at instants that others choose, and
 * when it arrives. The world stays as it is after its last day, without further storms and rushes. Thread-safe.
 */
public final class Shoppers {
    /** The service by which they order. */
    public static final String SERVICE = "overnight";
    private static final String SOON_PREPARED = "standard";

    private final World world;
    private final List<Placed> orders;
    private final Draw draw;

    /** The world that {@link Generator} makes of the same. */
    public Shoppers(long seed, int count, Policy policy, Places places, Calendars calendars) {
        this.world = new World(seed, count, policy, places, calendars);
        this.orders = world.orders.stream().filter(
                order -> order.service().equals(SERVICE) && world.products.get(order.product()).handlingClass().equals(SOON_PREPARED))
                .toList();
        this.draw = new Draw(seed, "shoppers");
    }

    /**
     * What a customer wants.
     *
     * @param order number of the world's order that it is taken from
     */
    public record Wish(int order, String zipCode, String origin, String sku) {}

    /** The wish of a customer, who are counted from 0; after the last one the first comes back. */
    public Wish wish(int customer) {
        Placed order = orders.get(customer % orders.size());
        return new Wish(order.number(), world.destinations.get(order.destination()).zipCode(), order.origin(),
                world.products.get(order.product()).sku());
    }

    /** SKUs that are wanted; all of the handling class {@code standard}. */
    public List<String> skus() {
        return orders.stream().map(order -> world.products.get(order.product()).sku()).distinct().sorted().toList();
    }

    /**
     * When what was ordered arrives.
     *
     * @param daysLater than the world would have it
     */
    public Instant arrival(Wish wish, Instant orderedAt, int daysLater) {
        Placed order = world.orders.get(wish.order() - 1).at(orderedAt.toEpochMilli());
        synchronized (draw) {
            return Instant.ofEpochMilli(World.at(world.journey(order, draw).delivered() + daysLater, World.hourOfDelivery(draw)));
        }
    }
}

package dev.doorstep.syntheticworld;

import java.util.Arrays;

/** Views and cart adds of each product, on which the demand signals of orders rest. Immutable. */
final class Clickstream {
    private static final int VIEWS_PER_ORDER = 25;
    private static final double ADDED = 0.15;
    private static final long HOUR = 3_600_000;
    private static final double[] HOURS = {0.5, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.7, 0.9, 1.1, 1.2, 1.3, 1.4, 1.3, 1.2, 1.2, 1.2, 1.2, 1.3,
            1.5, 1.7, 1.7, 1.3, 0.8};

    private final long[][] views = new long[World.PRODUCTS][];
    private final long[][] cartAdds = new long[World.PRODUCTS][];

    Clickstream(long seed, int orders, World world) {
        Draw draw = new Draw(seed, "clickstream");
        long from = World.FIRST_DAY.atStartOfDay(World.ZONE).toInstant().toEpochMilli();
        double all = 0;
        for (int product = 0; product < World.PRODUCTS; product++) {
            all += world.popularity(product);
        }
        double perHour = (double) orders * VIEWS_PER_ORDER / (World.DAYS * 24);
        for (int product = 0; product < World.PRODUCTS; product++) {
            long[] seen = new long[1024];
            long[] added = new long[1024];
            int count = 0;
            int adds = 0;
            for (int hour = 0; hour < World.DAYS * 24; hour++) {
                long start = from + hour * HOUR;
                double mean = perHour * world.popularity(product) / all * HOURS[hour % 24] * world.surges.demand(product, start);
                for (int i = draw.poisson(mean); i > 0; i--) {
                    long at = start + draw.below((int) HOUR);
                    seen = count == seen.length ? Arrays.copyOf(seen, 2 * count) : seen;
                    seen[count++] = at;
                    if (draw.chance(ADDED)) {
                        added = adds == added.length ? Arrays.copyOf(added, 2 * adds) : added;
                        added[adds++] = at + 20_000;
                    }
                }
            }
            views[product] = Arrays.copyOf(seen, count);
            cartAdds[product] = Arrays.copyOf(added, adds);
            Arrays.sort(views[product]);
            Arrays.sort(cartAdds[product]);
        }
    }

    long[] views(int product) {
        return views[product];
    }

    long[] cartAdds(int product) {
        return cartAdds[product];
    }

    /** Views of a product within the hour before an instant. */
    int views(int product, long at) {
        return within(views[product], at);
    }

    /** Cart adds of a product within the hour before an instant. */
    int cartAdds(int product, long at) {
        return within(cartAdds[product], at);
    }

    private static int within(long[] times, long at) {
        return before(times, at) - before(times, at - HOUR);
    }

    private static int before(long[] times, long at) {
        int found = Arrays.binarySearch(times, at);
        return found < 0 ? -found - 1 : found;
    }
}

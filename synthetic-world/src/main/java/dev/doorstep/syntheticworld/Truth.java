package dev.doorstep.syntheticworld;

import dev.doorstep.commonmodel.calendar.OpenDays;

/**
 * The true distribution of an order's day of arrival as of the instant of the order: what the world is then is known, storms that are yet
 * to come are integrated out.
 */
final class Truth {
    private static final int LONGEST = 90;
    private static final double TAIL = 1e-6;

    private final World world;

    Truth(World world) {
        this.world = world;
    }

    /**
     * Probabilities of arriving 0, 1, 2 … days after the order's own day.
     *
     * @param orderDay epoch day of the order
     */
    double[] of(Placed order, long orderDay) {
        long preparationDay = world.preparationDay(order);
        double[] handling = world.handling(order, preparationDay);
        OpenDays prepares = world.prepares(order.origin());
        OpenDays pickup = world.pickup(order.origin());
        OpenDays delivers = world.delivers(order.service());
        double[] arrives = new double[LONGEST + 1];
        long ready = preparationDay;
        for (int h = 0; h < handling.length; h++) {
            if (h > 0) {
                ready = prepares.onOrAfter(ready + 1);
            }
            long collected = pickup.onOrAfter(ready);
            double[] transit = world.transit(order, collected);
            long day = collected;
            for (int t = 0; t < transit.length; t++) {
                day = delivers.onOrAfter(day + 1);
                arrives[(int) Math.min(LONGEST, day - orderDay)] += handling[h] * transit[t];
            }
        }
        return withStorms(arrives, order, orderDay, delivers);
    }

    /** A Markov chain of two weathers is carried along with what waits in each. */
    private double[] withStorms(double[] arrives, Placed order, long orderDay, OpenDays delivers) {
        int region = world.destinations.get(order.destination()).weather();
        boolean now = world.storms.isStormy(region, orderDay);
        double stormy = now ? 1 : 0;
        double waitingStormy = 0;
        double waitingClear = 0;
        double[] delivered = new double[LONGEST + 1];
        for (int offset = 0; offset <= LONGEST; offset++) {
            long day = orderDay + offset;
            if (offset > 0) {
                double begins = Storms.begins(day);
                double nextStormy = stormy * Storms.GOES_ON + (1 - stormy) * begins;
                double nextWaiting = waitingStormy * Storms.GOES_ON + waitingClear * begins;
                waitingClear = waitingStormy + waitingClear - nextWaiting;
                waitingStormy = nextWaiting;
                stormy = nextStormy;
            }
            double inStorm = waitingStormy + arrives[offset] * stormy;
            double inClear = waitingClear + arrives[offset] * (1 - stormy);
            if (offset == LONGEST) {
                delivered[offset] = inStorm + inClear;
            } else if (delivers.isOpen(day)) {
                delivered[offset] = inClear + inStorm * (1 - Storms.STOPS);
                waitingStormy = inStorm * Storms.STOPS;
                waitingClear = 0;
            } else {
                waitingStormy = inStorm;
                waitingClear = inClear;
            }
        }
        return trimmed(delivered);
    }

    private static double[] trimmed(double[] probabilities) {
        int last = probabilities.length - 1;
        double tail = 0;
        while (last > 0 && tail + probabilities[last] < TAIL) {
            tail += probabilities[last--];
        }
        double[] kept = java.util.Arrays.copyOf(probabilities, last + 1);
        kept[last] += tail;
        return kept;
    }
}

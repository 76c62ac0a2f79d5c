package dev.doorstep.syntheticworld;

import java.util.ArrayList;
import java.util.List;

/**
 * Rushes on single products: views and cart adds rise at once, preparing slows {@value #LAG_HOURS} hours later. Immutable.
 */
final class Surges {
    private static final int LAG_HOURS = 6;
    private static final long HOUR = 3_600_000;

    private final List<List<Surge>> byProduct = new ArrayList<>();

    private record Surge(long from, long until, double strength) {}

    Surges(Draw draw, int products, int hot, long from, long until) {
        for (int product = 0; product < products; product++) {
            List<Surge> surges = new ArrayList<>();
            long at = from;
            while (product < hot && at < until) {
                // One in some sixty days, for one and a half to four days.
                at += (long) (-StrictMath.log(1 - draw.uniform()) * 60 * 24 * HOUR);
                long length = (long) ((36 + 60 * draw.uniform()) * HOUR);
                surges.add(new Surge(at, at + length, 2.5 + 5 * draw.uniform()));
                at += length;
            }
            byProduct.add(surges);
        }
    }

    /** By how much a product is more wanted than usual at an instant; 1 outside of a surge. */
    double demand(int product, long at) {
        for (Surge surge : byProduct.get(product)) {
            if (at >= surge.from && at < surge.until) {
                return surge.strength;
            }
        }
        return 1;
    }

    /** By how much preparing of a product ordered at an instant is slowed for it; 0 outside of a surge. */
    double load(int product, long at) {
        return 0.12 * (demand(product, at - LAG_HOURS * HOUR) - 1);
    }
}

package dev.doorstep.forecasting.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How deliveries went up to an instant, by seller, product, lane and carrier, region, and kind of preparing: exponentially decayed counts,
 * means and quantiles. A dated snapshot, served with its age. Immutable.
 *
 * @param asOf nothing later is in it
 * @param entities statistics by {@link Kind#key}, in the order of {@link Stat}; NaN where there is none
 */
public record History(Instant asOf, Map<String, float[]> entities) {
    /** What a history is of. */
    public enum Kind {
        /** Service, carrier, distance and product class: what is usual. The others tell by how much they differ from it. */
        TABLE,
        /** A class of products at a seller. */
        HANDLING,
        /** The seller or warehouse. */
        ORIGIN,
        /** The product. */
        SKU,
        /** From a seller's place to a region by a carrier. */
        LANE,
        /** The destination's region. */
        REGION,
        /** The three-character area of the destination. */
        AREA;

        /** Whether its days are told as such, and not against what is usual. */
        public boolean isUsual() {
            return this == TABLE || this == HANDLING;
        }

        /** Key of the entity that an order belongs to, or null where it is not known. */
        public @Nullable String key(OrderFacts order) {
            OrderFacts.Lane lane = order.lane();
            String name = switch (this) {
                case TABLE -> order.tableKey();
                case ORIGIN -> lane.originId();
                case SKU -> order.goods().sku();
                case LANE -> lane.destinationRegion() == null && lane.destinationCountry() == null
                        ? null
                        : (lane.originId() == null ? lane.originCountry() : lane.originId()) + ">" + lane.destinationCountry() + "-"
                                + lane.destinationRegion() + "|" + (lane.carrier() == null ? lane.service() : lane.carrier());
                case REGION -> lane.destinationRegion() == null ? null : lane.destinationCountry() + "-" + lane.destinationRegion();
                case AREA -> lane.area();
                case HANDLING -> order.goods().productClass() == null ? null : lane.originId() + "|" + order.goods().productClass();
            };
            return name == null ? null : Character.toLowerCase(name().charAt(0)) + ":" + name;
        }
    }

    /** What is known of an entity. */
    public enum Stat {
        /** Deliveries, decayed. */
        COUNT(0),
        /** Mean open days to delivery, over months. */
        DAYS(1),
        /** Mean open days to delivery, over weeks. */
        RECENT_DAYS(2),
        /** Open days within which nine of ten were delivered. */
        QUANTILE_90(3),
        /** Share delivered after the merchant's promise. */
        LATE_SHARE(4),
        /** Mean open days of preparing; of others than what is usual, in relation to it. */
        HANDLING_DAYS(5),
        /** Mean open days from hand-over to delivery; of others than what is usual, in relation to it. */
        TRANSIT_DAYS(6),
        /** Mean views within the hour before an order. */
        VIEWS(7),
        /** Orders not handed over. */
        BACKLOG(8),
        /** Mean days that these have waited. */
        BACKLOG_AGE(9),
        /** Parcels handed over and not delivered. */
        IN_FLIGHT(10);

        private final int column;

        Stat(int column) {
            this.column = column;
        }

        /** Its place among an entity's statistics. */
        public int column() {
            return column;
        }

        /** Whether it tells of parcels on their way and not of those delivered. */
        public boolean isQueue() {
            return column >= BACKLOG.column;
        }
    }

    /** The statistics of the entity that an order belongs to, or null where there are none. */
    public float @Nullable [] of(Kind kind, OrderFacts order) {
        String key = kind.key(order);
        return key == null ? null : entities.get(key);
    }
}

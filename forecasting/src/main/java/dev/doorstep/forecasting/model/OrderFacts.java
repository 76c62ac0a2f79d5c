package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.policy.Policy.DistanceBand;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an order when its delivery is forecast; everything that features are made from except the history of others.
 *
 * @param anchor the instant that days are counted from
 * @param predictedAt the instant of the forecast, or null where it is not known: then history is not used
 * @param promisedOffset days from the anchor's day to the day that the merchant promised, NaN where there is none
 * @param lane the way
 * @param goods what is sent
 * @param demand how much the products and the area are asked for, by feature name; absent where it is not known
 * @param numbers further numeric columns by name
 * @param names further categorical columns by name
 */
public record OrderFacts(Instant anchor, @Nullable Instant predictedAt, double promisedOffset, Lane lane, Goods goods,
        Map<String, Double> demand, Map<String, Double> numbers, Map<String, String> names) {

    /** Views of the product within the hour before; the demand signal that a surge is seen by. */
    public static final String SKU_VIEWS = "sku_views_1h";
    /** Cart adds of the product within the hour before. */
    public static final String SKU_CART_ADDS = "sku_cart_adds_1h";

    /**
     * The way of a parcel; null or NaN where something is not known.
     *
     * @param originId the seller, warehouse or other place that it leaves from
     * @param originRegion state or province
     * @param destinationRegion state or province; the country's code where it has none
     * @param area first three characters of the destination's postal code, after its country
     * @param latitude of the destination, degrees north
     * @param longitude of the destination, degrees east
     */
    public record Lane(@Nullable String originId, @Nullable String originCountry, @Nullable String originRegion,
            @Nullable String destinationCountry, @Nullable String destinationRegion, @Nullable String area, double latitude,
            double longitude, double distanceKm, @Nullable String carrier, @Nullable String service) {

        /** Key of the lane's calibration. */
        public String laneKey() {
            return "lane:" + originId + ">" + destinationCountry + "-" + destinationRegion;
        }

        /** Key of the region's calibration. */
        public String regionKey() {
            return "region:" + destinationCountry + "-" + destinationRegion;
        }

        /** The same with regions that somebody named, where they are not null. */
        public Lane withRegions(@Nullable String origin, @Nullable String destination) {
            return new Lane(originId, originCountry, origin == null ? originRegion : origin, destinationCountry,
                    destination == null ? destinationRegion : destination, area, latitude, longitude, distanceKm, carrier, service);
        }

        Lane withoutPlace() {
            return new Lane(originId, originCountry, originRegion, destinationCountry, null, null, Double.NaN, Double.NaN, Double.NaN,
                    carrier, service);
        }
    }

    /** What is sent; null or NaN where it is not known. */
    public record Goods(@Nullable String sku, @Nullable String productClass, double quantity, double weightKg) {
        /** Goods of which nothing is known. */
        public static final Goods UNKNOWN = new Goods(null, null, Double.NaN, Double.NaN);
    }

    public OrderFacts {
        demand = Map.copyOf(demand);
        numbers = Map.copyOf(numbers);
        names = Map.copyOf(names);
    }

    /** What a carrier's and a merchant's table would go by: service, carrier, distance and product class, the narrowest last. */
    public String tableKey() {
        return wayKey() + "|" + goods.productClass();
    }

    /** What a carrier's table would go by: service, carrier and distance. */
    public String wayKey() {
        String distance = Double.isNaN(lane.distanceKm())
                ? String.valueOf(lane.destinationCountry())
                : DistanceBand.ofKilometres(lane.distanceKm()).name();
        return lane.service() + "|" + lane.carrier() + "|" + distance;
    }

    /** The same order to a place of which only the country is known. */
    public OrderFacts withoutPlace() {
        return new OrderFacts(anchor, predictedAt, promisedOffset, lane.withoutPlace(), goods, demand, numbers, names);
    }

    /** The same order of goods of which nothing is known. */
    public OrderFacts withoutGoods() {
        return new OrderFacts(anchor, predictedAt, promisedOffset, lane, new Goods(null, null, goods.quantity(), Double.NaN), demand,
                numbers, names);
    }

    /** The same order where only what every store's orders have is told: no promise and no columns of the file's own. */
    public OrderFacts withoutColumns() {
        return new OrderFacts(anchor, predictedAt, Double.NaN, lane, goods, demand, Map.of(), Map.of());
    }

    /** The same order while nobody tells how much is asked for. */
    public OrderFacts withoutDemand() {
        return new OrderFacts(anchor, predictedAt, promisedOffset, lane, goods, Map.of(), numbers, names);
    }
}

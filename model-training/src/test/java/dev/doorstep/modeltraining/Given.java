package dev.doorstep.modeltraining;

import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Orders for tests, all placed at noon of a Monday, in UTC, with delivery on every day of the week. */
public final class Given {
    /** When all of them are placed. */
    public static final Instant MONDAY = Instant.parse("2024-03-04T12:00:00Z");
    /** Deliveries on every day. */
    public static final Clocks.Definition EVERY_DAY = new Clocks.Definition(Map.of(),
            new Policy.Calendar(EnumSet.allOf(DayOfWeek.class), false, null, null), Map.of());
    /** An encoder without features, which knows the calendar. */
    public static final FeatureEncoder ENCODER = new FeatureEncoder(new ModelSchema(new FeatureSchema("1", List.of()), Map.of()),
            ZoneOffset.UTC, new Clocks(EVERY_DAY, Places.load(), new Calendars()), 60);

    private Given() {}

    /** An order that arrived so many days later, or has not where that is null. */
    public static Prepared order(@Nullable Double arrivedAfterDays, Instant knownUntil, boolean lost) {
        OrderFacts.Lane lane = new OrderFacts.Lane("o", "US", "IL", "US", "NY", null, Double.NaN, Double.NaN, Double.NaN, null, null);
        OrderFacts facts = new OrderFacts(MONDAY, MONDAY, Double.NaN, lane, OrderFacts.Goods.UNKNOWN, Map.of(), Map.of(), Map.of());
        Instant delivered = arrivedAfterDays == null ? null : after(arrivedAfterDays);
        return Prepared.of(new Order(1, "1", facts, MONDAY, null, delivered, null, knownUntil, lost), ENCODER);
    }

    /** So many days after the orders. */
    public static Instant after(double days) {
        return MONDAY.plusSeconds((long) (days * 86_400));
    }
}

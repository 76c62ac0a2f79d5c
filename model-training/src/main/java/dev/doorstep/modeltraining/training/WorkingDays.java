package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.modeltraining.orders.Order;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds out of deliveries on which days each service delivers, unless a policy says it. */
final class WorkingDays {
    /** A weekday with a smaller share of the deliveries than this is closed. */
    private static final double CLOSED_SHARE = 0.004;
    /** Public holidays are closed where they have less than this of what their weekdays have. */
    private static final double HOLIDAY_SHARE = 0.2;
    private static final int ENOUGH = 300;
    private static final Policy.Calendar EVERY_DAY = new Policy.Calendar(EnumSet.allOf(DayOfWeek.class), false, null, null);
    private static final Policy.Calendar HOLIDAYS = new Policy.Calendar(EnumSet.allOf(DayOfWeek.class), true, null, null);

    private WorkingDays() {}

    /**
     * The calendars of some delivered orders.
     *
     * @param policy calendars and cut-offs of services and origins by name, or null
     */
    static Clocks.Definition of(List<Order> delivered, ZoneId zone, Calendars calendars, @Nullable Policy policy) {
        Map<String, List<Order>> byService = new TreeMap<>();
        for (Order order : delivered) {
            String service = order.facts().lane().service();
            if (service != null) {
                byService.computeIfAbsent(service, _ -> new ArrayList<>()).add(order);
            }
        }
        Map<String, Policy.Calendar> services = new TreeMap<>();
        byService.forEach((service, orders) -> {
            if (orders.size() >= ENOUGH) {
                services.put(service, calendar(orders, zone, calendars));
            }
        });
        Policy.Calendar otherwise = delivered.size() >= ENOUGH ? calendar(delivered, zone, calendars) : EVERY_DAY;
        Clocks.Definition found = new Clocks.Definition(services, otherwise, Map.of());
        return policy == null ? found : found.with(policy);
    }

    private static Policy.Calendar calendar(List<Order> orders, ZoneId zone, Calendars calendars) {
        Map<DayOfWeek, Integer> counts = new EnumMap<>(DayOfWeek.class);
        int onHolidays = 0;
        Set<LocalDate> days = new java.util.HashSet<>();
        Set<LocalDate> holidays = new java.util.HashSet<>();
        for (Order order : orders) {
            LocalDate day = Objects.requireNonNull(order.deliveredAt()).atZone(zone).toLocalDate();
            counts.merge(day.getDayOfWeek(), 1, Integer::sum);
            String country = order.facts().lane().destinationCountry();
            days.add(day);
            if (country != null && calendars.isClosedForHoliday(HOLIDAYS, country, day.toEpochDay())) {
                onHolidays++;
            }
        }
        Set<DayOfWeek> open = EnumSet.noneOf(DayOfWeek.class);
        counts.forEach((day, count) -> {
            if (count >= CLOSED_SHARE * orders.size()) {
                open.add(day);
            }
        });
        LocalDate first = days.stream().min(LocalDate::compareTo).orElseThrow();
        LocalDate last = days.stream().max(LocalDate::compareTo).orElseThrow();
        String country = orders.getFirst().facts().lane().destinationCountry();
        long openDays = 0;
        for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
            if (open.contains(day.getDayOfWeek())) {
                openDays++;
                if (country != null && calendars.isClosedForHoliday(HOLIDAYS, country, day.toEpochDay())) {
                    holidays.add(day);
                }
            }
        }
        double expected = holidays.size() * (double) orders.size() / Math.max(1, openDays);
        return new Policy.Calendar(open, expected >= 5 && onHolidays < HOLIDAY_SHARE * expected, null, null);
    }
}

package dev.doorstep.syntheticworld;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.place.Precision;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.OriginClock;
import dev.doorstep.forecasting.policy.Policy;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A store whose truth is known: products, destinations, origins of the default policy, storms, surges, backlog and a carrier that gets
 * worse. Everything follows from the seed. Immutable once its orders are placed.
 */
final class World {
    /** Where days are counted: every destination's working day falls on the same date there. */
    static final ZoneId ZONE = ZoneId.of("America/Chicago");
    static final LocalDate FIRST_DAY = LocalDate.of(2025, 8, 1);
    static final int DAYS = 300;
    static final int PRODUCTS = 150;

    private static final int DESTINATIONS = 900;
    private static final int HOT_PRODUCTS = 60;
    private static final String MADE_TO_ORDER = "made_to_order";
    private static final String GROUNDLINE = "groundline";
    private static final Map<String, Double> CLASS_DAYS = Map.of("standard", 0.55, "fragile", 1.0, "oversize", 1.8, MADE_TO_ORDER, 5.0);
    private static final List<String> SERVICES = List.of("economy", "standard", "expedited", "overnight");
    private static final double[] SERVICE_SHARES = Draw.cumulative(new double[]{0.25, 0.50, 0.18, 0.07});
    /** Orders by local hour of the day. */
    private static final double[] HOURS = Draw
            .cumulative(
                    new double[]{2, 1, 0.6, 0.5, 0.5, 0.8, 1.5, 2.5, 3.5, 4.5, 5.5, 6, 6.5, 6, 5.5, 5.5, 5.5, 5.5, 5.5, 6, 7, 7.5, 6, 4});

    final Policy policy;
    final Calendars calendars;
    final List<Product> products = new ArrayList<>();
    final List<Destination> destinations = new ArrayList<>();
    final Storms storms;
    final Surges surges;
    final List<Placed> orders;
    final Clickstream clickstream;

    private final Map<String, Place> origins = new HashMap<>();
    private final Map<String, Double> lanes = new HashMap<>();
    private final Map<String, double[]> backlog = new HashMap<>();
    private final Durations durations = new Durations();

    World(long seed, int count, Policy policy, Places places, Calendars calendars) {
        this.policy = policy;
        this.calendars = calendars;
        policy.origins().forEach((name, origin) -> origins.put(name, places.find(origin.country(), origin.postalCode())));
        products(new Draw(seed, "products"));
        destinations(new Draw(seed, "destinations"), places);
        lanes(new Draw(seed, "lanes"));
        long firstDay = FIRST_DAY.toEpochDay();
        this.storms = new Storms(new Draw(seed, "storms"), firstDay - 10, DAYS + 120);
        long from = FIRST_DAY.atStartOfDay(ZONE).toInstant().toEpochMilli();
        this.surges = new Surges(new Draw(seed, "surges"), PRODUCTS, HOT_PRODUCTS, from, from + DAYS * 86_400_000L);
        this.clickstream = new Clickstream(seed, count, this);
        this.orders = orders(new Draw(seed, "orders"), count);
        backlog();
    }

    static String carrier(String service) {
        return switch (service) {
            case "economy" -> "parcelpost";
            case "standard" -> GROUNDLINE;
            default -> "skyfreight";
        };
    }

    double popularity(int product) {
        return 1 / StrictMath.pow(product + 3.0, 0.8);
    }

    Place origin(String name) {
        return Objects.requireNonNull(origins.get(name));
    }

    OpenDays prepares(String origin) {
        Policy.Origin named = Objects.requireNonNull(policy.origins().get(origin));
        return calendars.openDays(named.prepares(), named.country());
    }

    OpenDays pickup(String origin) {
        Policy.Origin named = Objects.requireNonNull(policy.origins().get(origin));
        return calendars.openDays(named.pickup(), named.country());
    }

    OpenDays delivers(String service) {
        return calendars.openDays(Objects.requireNonNull(policy.services().get(service)).delivers(), "US");
    }

    /** The day on which preparing can start, as an epoch day. */
    long preparationDay(Placed order) {
        return OriginClock.of(Objects.requireNonNull(policy.origins().get(order.origin())), origin(order.origin()).zone(), calendars)
                .preparationDay(Instant.ofEpochMilli(order.at()), order.service());
    }

    /** Open days of preparing, with their probabilities as of the order. */
    double[] handling(Placed order, long preparationDay) {
        Product product = products.get(order.product());
        double classDays = Objects.requireNonNull(CLASS_DAYS.get(product.handlingClass()));
        boolean toOrder = product.handlingClass().equals(MADE_TO_ORDER);
        // The workshop has its own pace; rushes and backlog slow the warehouse.
        double load = toOrder ? 0 : surges.load(order.product(), order.at()) + 0.25 * backlog(order.origin(), preparationDay);
        boolean monday = LocalDate.ofEpochDay(preparationDay).getDayOfWeek() == DayOfWeek.MONDAY;
        double mean = classDays * product.handling() * (1 + Math.min(load, 1.8)) * (monday ? 1.2 : 1);
        return durations.of(mean, toOrder ? 8 : 3);
    }

    /** Days open for delivery after the first one that follows the collection, with their probabilities. */
    double[] transit(Placed order, long collected) {
        Destination destination = destinations.get(order.destination());
        double km = origin(order.origin()).distanceKm(destination.place());
        double days = switch (order.service()) {
            case "economy" -> 1.2 + km / 800;
            case "standard" -> 0.5 + km / 1_000;
            case "expedited" -> 0.12 + km / 3_000;
            default -> 0.08 + Math.max(0, km - 1_500) / 6_000;
        };
        LocalDate day = LocalDate.ofEpochDay(collected);
        double friday = day.getDayOfWeek() == DayOfWeek.FRIDAY ? 1.12 : 1;
        double mean = days * Objects.requireNonNull(lanes.get(lane(order.origin(), destination, order.service()))) * destination.transit()
                * worse(order.service(), collected) * friday;
        return durations.of(mean, 6);
    }

    /** Epoch days on which preparing can start, and a parcel is collected and delivered. */
    record Journey(long preparationDay, long collected, long delivered) {}

    /** Lets an order take place. */
    Journey journey(Placed order, Draw draw) {
        long preparationDay = preparationDay(order);
        int handling = draw.index(Draw.cumulative(handling(order, preparationDay)));
        long collected = pickup(order.origin()).onOrAfter(prepares(order.origin()).after(preparationDay, handling));
        OpenDays delivers = delivers(order.service());
        int transit = draw.index(Draw.cumulative(transit(order, collected)));
        long day = delivers.after(collected, transit + 1);
        while (storms.isStormy(destinations.get(order.destination()).weather(), day) && draw.chance(Storms.STOPS)) {
            day = delivers.onOrAfter(day + 1);
        }
        return new Journey(preparationDay, collected, day);
    }

    static double hourOfDelivery(Draw draw) {
        return 9.5 + 4.5 * (draw.uniform() + draw.uniform());
    }

    /** Epoch milliseconds of an hour of an epoch day, where days are counted. */
    static long at(long day, double hour) {
        return LocalDate.ofEpochDay(day).atStartOfDay(ZONE).toInstant().toEpochMilli() + Math.round(hour * 3600) * 1000;
    }

    /** From the first quarter of the time on, one carrier takes longer and longer. */
    private static double worse(String service, long day) {
        double since = (day - FIRST_DAY.toEpochDay() - DAYS * 0.25) / (DAYS * 0.45);
        return carrier(service).equals(GROUNDLINE) ? 1 + 0.2 * Math.clamp(since, 0, 1) : 1;
    }

    private double backlog(String origin, long day) {
        double[] days = Objects.requireNonNull(backlog.get(origin));
        return days[Math.clamp(day - FIRST_DAY.toEpochDay(), 0, days.length - 1)];
    }

    private static String lane(String origin, Destination destination, String service) {
        return origin + ">" + destination.place().region() + "|" + carrier(service);
    }

    private void products(Draw draw) {
        for (int i = 0; i < PRODUCTS; i++) {
            double kind = draw.uniform();
            String handlingClass = kind < 0.62 ? "standard" : kind < 0.82 ? "fragile" : kind < 0.94 ? "oversize" : MADE_TO_ORDER;
            double weight = (handlingClass.equals("oversize") ? 18 : 1.5) * draw.factor(0.6);
            products.add(new Product("SKU-" + (1000 + i), handlingClass, Math.round(weight * 100) / 100.0,
                    Math.round(2000 * draw.factor(0.8)) / 100.0, draw.factor(0.55)));
        }
    }

    private void destinations(Draw draw, Places places) {
        while (destinations.size() < DESTINATIONS) {
            int code = 501 + draw.below(99_450);
            String zipCode = (code < 10_000 ? "0" : "") + (code < 1_000 ? "0" : "") + code;
            Place place = places.find("US", zipCode);
            if (place.precision() == Precision.POSTAL_CODE) {
                String nearest = origins.entrySet().stream()
                        .min(Comparator.<Map.Entry<String, Place>>comparingDouble(each -> each.getValue().distanceKm(place))
                                .thenComparing(Map.Entry::getKey))
                        .orElseThrow().getKey();
                destinations.add(new Destination(zipCode, place, zipCode.charAt(0) - '0', draw.factor(0.10), nearest));
            }
        }
    }

    private void lanes(Draw draw) {
        for (String origin : origins.keySet().stream().sorted().toList()) {
            for (String region : destinations.stream().map(each -> each.place().region()).distinct().sorted().toList()) {
                for (String carrier : List.of("parcelpost", GROUNDLINE, "skyfreight")) {
                    lanes.put(origin + ">" + region + "|" + carrier, draw.factor(0.20));
                }
            }
        }
    }

    private List<Placed> orders(Draw draw, int count) {
        double[] days = new double[DAYS];
        for (int i = 0; i < DAYS; i++) {
            LocalDate day = FIRST_DAY.plusDays(i);
            boolean weekend = day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
            days[i] = weekend ? 0.8 : 1;
        }
        double[] byDay = Draw.cumulative(days);
        double[] weights = new double[DESTINATIONS];
        for (int i = 0; i < DESTINATIONS; i++) {
            weights[i] = draw.factor(1.0);
        }
        double[] byDestination = Draw.cumulative(weights);
        List<String> all = origins.keySet().stream().sorted().toList();
        List<Placed> placed = new ArrayList<>();
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            LocalDateTime local = FIRST_DAY.plusDays(draw.index(byDay)).atTime(draw.index(HOURS), draw.below(60), draw.below(60));
            times[i] = local.atZone(ZONE).toInstant().toEpochMilli();
        }
        java.util.Arrays.sort(times);
        for (int i = 0; i < count; i++) {
            int destination = draw.index(byDestination);
            String origin = draw.chance(0.75) ? destinations.get(destination).origin() : all.get(draw.below(all.size()));
            int product = product(draw, times[i]);
            placed.add(new Placed(i + 1, times[i], product, destination, origin, SERVICES.get(draw.index(SERVICE_SHARES)),
                    draw.chance(0.85) ? 1 : 2 + draw.below(3), clickstream.views(product, times[i]),
                    clickstream.cartAdds(product, times[i])));
        }
        return placed;
    }

    /** More of what is more wanted at the time. */
    private int product(Draw draw, long at) {
        double[] wanted = new double[PRODUCTS];
        for (int i = 0; i < PRODUCTS; i++) {
            wanted[i] = popularity(i) * (1 + 0.5 * (surges.demand(i, at) - 1));
        }
        return draw.index(Draw.cumulative(wanted));
    }

    /** What each origin still has to prepare at the start of a day, as a share of what it can do in one. */
    private void backlog() {
        for (String origin : origins.keySet()) {
            double[] arrivals = new double[DAYS];
            for (Placed order : orders) {
                if (order.origin().equals(origin)) {
                    long day = Instant.ofEpochMilli(order.at()).atZone(ZONE).toLocalDate().toEpochDay();
                    arrivals[(int) (day - FIRST_DAY.toEpochDay())]++;
                }
            }
            double perDay = Math.max(1, java.util.Arrays.stream(arrivals).sum() / DAYS);
            double[] waiting = new double[DAYS];
            double left = 0;
            for (int day = 0; day < DAYS; day++) {
                waiting[day] = Math.min(1.2, left / (perDay * 1.7));
                boolean open = prepares(origin).isOpen(FIRST_DAY.toEpochDay() + day);
                left = Math.max(0, left + arrivals[day] - (open ? perDay * 1.9 : 0));
            }
            backlog.put(origin, waiting);
        }
    }
}

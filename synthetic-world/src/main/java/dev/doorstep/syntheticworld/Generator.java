package dev.doorstep.syntheticworld;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.forecasting.policy.Policy.DistanceBand;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

/** Writes a world's orders, their outcomes, their clickstream and the truth behind them. */
public final class Generator {
    /** Names of the files. */
    public static final String ORDERS = "orders.csv";
    public static final String TRUTH = "truth.csv";
    public static final String MAPPING = "mapping.yaml";
    public static final String CLICKSTREAM = "clickstream.ndjson.gz";

    private static final long DAY = 86_400_000;
    private static final Map<String, Integer> SAID_HANDLING = Map.of("standard", 1, "fragile", 1, "oversize", 3, "made_to_order", 7);

    private final World world;
    private final Draw draw;

    /**
     * Makes a world.
     *
     * @param count orders, 1 or more
     */
    public Generator(long seed, int count, Policy policy, Places places, Calendars calendars) {
        this.world = new World(seed, count, policy, places, calendars);
        this.draw = new Draw(seed, "outcomes");
    }

    /** Writes all files into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Truth truth = new Truth(world);
        long end = World.FIRST_DAY.plusDays(World.DAYS).atStartOfDay(World.ZONE).toInstant().toEpochMilli();
        try (Writer orders = Files.newBufferedWriter(folder.resolve(ORDERS));
                Writer truths = Files.newBufferedWriter(folder.resolve(TRUTH))) {
            orders.write("order_id,ordered_at,shipped_at,delivered_at,promised_at,observed_until,status,origin,origin_country,origin_zip,"
                    + "country,zip,carrier,service,sku,class,quantity,weight_kg,sku_views_1h,sku_cart_adds_1h\n");
            truths.write("order_id,first_day,probabilities\n");
            for (Placed order : world.orders) {
                long orderDay = day(order.at());
                orders.write(row(order, end));
                double[] days = truth.of(order, orderDay);
                StringBuilder line = new StringBuilder().append(order.number()).append(',').append(LocalDate.ofEpochDay(orderDay))
                        .append(',');
                for (int i = 0; i < days.length; i++) {
                    line.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%.7f", days[i]));
                }
                truths.write(line.append('\n').toString());
            }
        }
        Files.writeString(folder.resolve(MAPPING), MAPPING_TEXT);
        writeClickstream(folder.resolve(CLICKSTREAM));
    }

    private String row(Placed order, long end) {
        Product product = world.products.get(order.product());
        Destination destination = world.destinations.get(order.destination());
        World.Journey journey = world.journey(order, draw);
        long shipped = World.at(journey.collected(), 17.5 + draw.uniform());
        long delivered = World.at(journey.delivered(), World.hourOfDelivery(draw));
        boolean cancelled = draw.chance(0.01);
        boolean lost = !cancelled && draw.chance(0.001);
        long cancelledAt = order.at() + (long) (draw.uniform() * DAY);
        boolean open = !cancelled && !lost && delivered >= end;
        String status = cancelled ? "cancelled" : lost ? "lost" : open ? "open" : "delivered";
        long until = cancelled ? Math.min(end, cancelledAt) : end;
        return String.join(",", Integer.toString(order.number()), text(order.at()),
                cancelled || shipped >= end ? "" : text(shipped), status.equals("delivered") ? text(delivered) : "",
                text(promised(order, journey.preparationDay())), status.equals("delivered") ? "" : text(until), status, order.origin(),
                "US",
                Objects.requireNonNull(Objects.requireNonNull(world.policy.origins().get(order.origin())).postalCode()), "US",
                destination.zipCode(), World.carrier(order.service()), order.service(), product.sku(), product.handlingClass(),
                Integer.toString(order.quantity()), Double.toString(product.weightKg()), Integer.toString(order.views()),
                Integer.toString(order.cartAdds())) + "\n";
    }

    /** What the store itself tells its customers: fixed times for each class, service and distance, over its calendars. */
    private long promised(Placed order, long preparationDay) {
        Product product = world.products.get(order.product());
        double km = world.origin(order.origin()).distanceKm(world.destinations.get(order.destination()).place());
        int band = List.of(DistanceBand.values()).indexOf(DistanceBand.ofKilometres(km));
        int days = switch (order.service()) {
            case "economy" -> 4 + 2 * band;
            case "standard" -> 3 + band;
            case "expedited" -> band < 2 ? 2 : 3;
            default -> band < 3 ? 1 : 2;
        };
        long ready = world.prepares(order.origin()).after(preparationDay,
                Objects.requireNonNull(SAID_HANDLING.get(product.handlingClass())));
        return World.at(world.delivers(order.service()).after(world.pickup(order.origin()).onOrAfter(ready), days), 0);
    }

    private void writeClickstream(Path file) throws IOException {
        try (Writer out = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), StandardCharsets.UTF_8), 1 << 16)) {
            for (Placed order : world.orders) {
                Destination to = world.destinations.get(order.destination());
                document(out, "o" + order.number(), order.at(), "checkout", order.product(), "so" + order.number(),
                        ",\"shipping\":{\"country\":\"US\",\"postalCode\":\"" + to.zipCode() + "\",\"method\":\"" + order.service()
                                + "\"}");
            }
            for (int product = 0; product < World.PRODUCTS; product++) {
                int number = 0;
                for (long view : world.clickstream.views(product)) {
                    document(out, "v" + product + "-" + number, view, "product_view", product, "s" + product + "-" + number++, "");
                }
                number = 0;
                for (long added : world.clickstream.cartAdds(product)) {
                    document(out, "c" + product + "-" + number, added, "cart_add", product, "c" + product + "-" + number++, "");
                }
            }
        }
    }

    private void document(Writer out, String id, long at, String type, int product, String session, String more) throws IOException {
        Product sold = world.products.get(product);
        out.write("{\"_id\":\"" + id + "\",\"_source\":{\"createdDateTime\":" + at + ",\"eventType\":\"" + type + "\",\"sessionId\":\""
                + session
                + "\",\"products\":[{\"sku\":\"" + sold.sku() + "\",\"quantity\":1,\"price\":" + sold.price() + ",\"handlingClass\":\""
                + sold.handlingClass() + "\"}]" + more + "}}\n");
    }

    private static long day(long at) {
        return Instant.ofEpochMilli(at).atZone(World.ZONE).toLocalDate().toEpochDay();
    }

    private static String text(long at) {
        return Instant.ofEpochMilli(at).toString();
    }

    private static final String MAPPING_TEXT = """
                                               orderId: order_id
                                               orderedAt: ordered_at
                                               shippedAt: shipped_at
                                               deliveredAt: delivered_at
                                               promisedAt: promised_at
                                               observedUntil: observed_until
                                               status: status
                                               origin: {id: origin, country: origin_country, postalCode: origin_zip}
                                               destination: {country: country, postalCode: zip}
                                               carrier: carrier
                                               service: service
                                               # The file has weights as well. No request carries one, so the model is better off without.
                                               product: {sku: sku, class: class, quantity: quantity}
                                               numeric: [sku_views_1h, sku_cart_adds_1h]
                                               zone: America/Chicago
                                               """;
}

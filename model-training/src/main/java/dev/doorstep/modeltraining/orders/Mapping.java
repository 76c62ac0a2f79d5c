package dev.doorstep.modeltraining.orders;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.doorstep.forecasting.bundle.Anchor;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which columns of a stranger's orders file mean what. Only {@code orderId}, {@code deliveredAt} and the anchor are required.
 *
 * @param orderId rows of one order never come apart
 * @param shipmentId one parcel of it
 * @param orderedAt when the customer ordered
 * @param approvedAt when the payment was approved
 * @param shippedAt when it was handed to the carrier
 * @param deliveredAt when it arrived
 * @param promisedAt when the merchant said that it would
 * @param predictedAt the instant that a forecast is made at; without it, {@code orderedAt}
 * @param observedUntil until when an order that has not arrived was watched, or when it was cancelled; the latest of a file says when that was
 *     written, and nothing of a cancelled order
 * @param status delivered, cancelled, lost or open; without it, what has arrived is delivered and the rest open
 * @param origin where it leaves from
 * @param destination where it goes
 * @param product what is in it
 * @param numeric further columns that are numbers and known at the prediction
 * @param categorical further columns that are names and known at the prediction
 * @param zone where days are counted and times without an offset lie; UTC by default
 * @param delimiter of a CSV file; found by looking where it is not given
 * @param decimal what stands before the decimals of a number, {@code .} or {@code ,}; told by each column where it is not given
 * @param missing texts that stand for no value
 * @param anchor what days are counted from; the order by default
 * @param promiseAsFeature whether the forecast may use the merchant's promise
 */
public record Mapping(Column orderId, @Nullable Column shipmentId, @Nullable Column orderedAt, @Nullable Column approvedAt,
        @Nullable Column shippedAt, Column deliveredAt, @Nullable Column promisedAt, @Nullable Column predictedAt,
        @Nullable Column observedUntil, @Nullable Column status, @Nullable PlaceColumns origin, @Nullable PlaceColumns destination,
        @Nullable Column carrier, @Nullable Column service, @Nullable ProductColumns product, List<String> numeric,
        List<String> categorical, ZoneId zone, @Nullable String delimiter, @Nullable String decimal, List<String> missing, Anchor anchor,
        boolean promiseAsFeature) {

    @JsonCreator
    @SuppressWarnings("TooManyParameters") // the keys of the file
    Mapping(@JsonProperty("orderId") @Nullable Column orderId, @JsonProperty("shipmentId") @Nullable Column shipmentId,
            @JsonProperty("orderedAt") @Nullable Column orderedAt, @JsonProperty("approvedAt") @Nullable Column approvedAt,
            @JsonProperty("shippedAt") @Nullable Column shippedAt, @JsonProperty("deliveredAt") @Nullable Column deliveredAt,
            @JsonProperty("promisedAt") @Nullable Column promisedAt, @JsonProperty("predictedAt") @Nullable Column predictedAt,
            @JsonProperty("observedUntil") @Nullable Column observedUntil, @JsonProperty("status") @Nullable Column status,
            @JsonProperty("origin") @Nullable PlaceColumns origin, @JsonProperty("destination") @Nullable PlaceColumns destination,
            @JsonProperty("carrier") @Nullable Column carrier, @JsonProperty("service") @Nullable Column service,
            @JsonProperty("product") @Nullable ProductColumns product, @JsonProperty("numeric") @Nullable List<String> numeric,
            @JsonProperty("categorical") @Nullable List<String> categorical, @JsonProperty("zone") @Nullable ZoneId zone,
            @JsonProperty("delimiter") @Nullable String delimiter, @JsonProperty("decimal") @Nullable String decimal,
            @JsonProperty("missing") @Nullable List<String> missing,
            @JsonProperty("anchor") @Nullable Anchor anchor, @JsonProperty("promiseAsFeature") @Nullable Boolean promiseAsFeature) {
        this(Objects.requireNonNull(orderId, "orderId"), shipmentId, orderedAt, approvedAt, shippedAt,
                Objects.requireNonNull(deliveredAt, "deliveredAt"), promisedAt, predictedAt, observedUntil, status, origin, destination,
                carrier, service, product, numeric == null ? List.of() : List.copyOf(numeric),
                categorical == null ? List.of() : List.copyOf(categorical), zone == null ? ZoneOffset.UTC : zone, delimiter, decimal,
                missing == null ? List.of() : List.copyOf(missing), anchor == null ? Anchor.ORDERED_AT : anchor,
                promiseAsFeature != null && promiseAsFeature);
    }

    /**
     * Where a value comes from: the first of the columns that has one.
     *
     * @param columns column names
     * @param formats of times, java.time patterns tried in turn; empty for ISO forms
     */
    public record Column(List<String> columns, List<String> formats) {
        public Column {
            columns = List.copyOf(columns);
            formats = List.copyOf(formats);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Column of(JsonNode node) {
            if (!node.isObject()) {
                return new Column(texts(node), List.of());
            }
            node.propertyNames().forEach(name -> {
                if (!name.equals("column") && !name.equals("formats")) {
                    throw new IllegalArgumentException("a column is described by column and formats, not by " + name);
                }
            });
            return new Column(texts(node.path("column")), node.has("formats") ? texts(node.path("formats")) : List.of());
        }

        private static List<String> texts(JsonNode node) {
            List<JsonNode> all = node.isArray() ? node.valueStream().toList() : List.of(node);
            if (all.isEmpty() || !all.stream().allMatch(each -> each.isValueNode() && !each.isNull())) {
                throw new IllegalArgumentException("a column is a name or a list of names: " + node);
            }
            return all.stream().map(JsonNode::asString).toList();
        }
    }

    /** Columns of a place. */
    public record PlaceColumns(@Nullable Column id, @Nullable Column country, @Nullable Column region, @Nullable Column postalCode) {}

    /** Columns of a product. */
    public record ProductColumns(@Nullable Column sku, @JsonProperty("class") @Nullable Column productClass, @Nullable Column quantity,
            @Nullable Column weightKg) {}
}

package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.forecasting.ForecastInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up what is known of the items of one order. Not thread-safe. */
final class OrderProducts {
    private final long latest;
    private final List<ForecastInput.Product> products = new ArrayList<>();
    private Demand most = Demand.NONE;
    private FeatureStatus status = FeatureStatus.NOT_FOUND;
    private String source = "store";
    private @Nullable SkuProfile shown;

    /**
     * Starts an order.
     *
     * @param latest epoch milliseconds; a profile of a later instant is not used
     */
    OrderProducts(long latest) {
        this.latest = latest;
    }

    void add(PredictionRequest.Item item, NearCache.Found<FeatureReader.SkuFeatures> found) {
        FeatureReader.SkuFeatures sku = found.value();
        SkuProfile profile = sku == null || sku.profile() == null || sku.profile().asOf() > latest ? null : sku.profile();
        Demand demand = sku == null || (found.status() != FeatureStatus.PRESENT && found.status() != FeatureStatus.STALE)
                ? null
                : sku.demand();
        products.add(new ForecastInput.Product(item.sku(), profile == null ? null : profile.handlingClass(),
                item.quantity() == null ? 1 : item.quantity(), demand == null ? null : (Long) demand.views(),
                demand == null ? null : (Long) demand.cartAdds(),
                profile != null && profile.stock() != null && profile.stock() <= 0));
        if (sku != null && sku.demand().cartAdds() >= most.cartAdds()) {
            most = sku.demand();
        }
        shown = profile == null ? shown : profile;
        // One item that is not available makes the order's features so.
        if (status != FeatureStatus.UNAVAILABLE) {
            status = found.status();
            source = found.source();
        }
    }

    /** One for each item, as far as it is known. */
    List<ForecastInput.Product> products() {
        return products;
    }

    void describe(FeatureValues values) {
        values.profile(status, source, shown);
        values.demand("sku", status, source, most);
    }
}

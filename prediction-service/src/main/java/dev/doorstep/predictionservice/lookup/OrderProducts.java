package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.featurestore.FeatureReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up what is known of the items of one order. Not thread-safe. */
final class OrderProducts {
    private final long latest;
    private final List<@Nullable String> handlingClasses = new ArrayList<>();
    private boolean outOfStock;
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

    void add(NearCache.Found<FeatureReader.SkuFeatures> found) {
        FeatureReader.SkuFeatures sku = found.value();
        SkuProfile profile = sku == null || sku.profile() == null || sku.profile().asOf() > latest ? null : sku.profile();
        handlingClasses.add(profile == null ? null : profile.handlingClass());
        if (profile != null && profile.stock() != null && profile.stock() <= 0) {
            outOfStock = true;
        }
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

    /** One for each item, null where it is not known. */
    List<@Nullable String> handlingClasses() {
        return handlingClasses;
    }

    boolean outOfStock() {
        return outOfStock;
    }

    /** Of the most wanted item. */
    long cartAdds() {
        return most.cartAdds();
    }

    void describe(FeatureValues values) {
        values.profile(status, source, shown);
        values.demand("sku", status, source, most);
    }
}

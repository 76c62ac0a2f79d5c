package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.predictionservice.PredictionSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the features of an order within the time budget: those of its session, its products and its area, all at once. Thread-safe.
 */
@Component
public class FeatureLookup {
    private static final Duration DEMAND_SPAN = Duration.ofHours(1);
    private static final long BUCKET_MILLIS = 300_000;

    private final FeatureReader reader;
    private final Clock clock;
    private final long budgetNanos;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final NearCache<SessionFeatures> sessions;
    private final NearCache<Dated<FeatureReader.SkuFeatures>> skus;
    private final NearCache<Dated<Demand>> areas;

    /** A value that holds for one five-minute bucket. */
    private record Dated<T>(long bucket, T value) {}

    public FeatureLookup(FeatureReader reader, PredictionSettings settings, Clock clock, MeterRegistry metrics) {
        this.reader = reader;
        this.clock = clock;
        this.budgetNanos = settings.prediction().featureBudget().toNanos();
        CircuitBreakerRegistry breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom().slidingWindowSize(50)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50).waitDurationInOpenState(Duration.ofSeconds(1)).permittedNumberOfCallsInHalfOpenState(5).build());
        CircuitBreaker breaker = breakers.circuitBreaker("feature-store");
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(metrics);
        this.sessions = new NearCache<>(settings.prediction(), breaker, executor, clock);
        this.skus = new NearCache<>(settings.prediction(), breaker, executor, clock);
        this.areas = new NearCache<>(settings.prediction(), breaker, executor, clock);
    }

    /**
     * Finds an order's features.
     *
     * @param instant of the prediction; what the store learnt of later instants is not used
     */
    public OrderFeatures find(PredictionRequest request, Instant instant) {
        long deadline = System.nanoTime() + budgetNanos;
        long at = instant.toEpochMilli();
        String sessionId = request.sessionId();
        NearCache.Pending<SessionFeatures> session = sessionId == null
                ? null
                : sessions.find(EntityKey.session(sessionId), () -> session(sessionId));
        List<NearCache.Pending<Dated<FeatureReader.SkuFeatures>>> products = new ArrayList<>();
        for (PredictionRequest.Item item : request.items()) {
            products.add(skus.find(keyAt(EntityKey.sku(item.sku()), at),
                    () -> new Dated<>(at / BUCKET_MILLIS, reader.sku(item.sku(), until(at), DEMAND_SPAN))));
        }
        String postalCode = request.destination().postalCode();
        String areaKey = postalCode == null || postalCode.isBlank()
                ? null
                : EntityKey.area(request.destination().country().toUpperCase(Locale.ROOT), postalCode);
        NearCache.Pending<Dated<Demand>> area = areaKey == null
                ? null
                : areas.find(keyAt(areaKey, at), () -> new Dated<>(at / BUCKET_MILLIS, reader.demand(areaKey, until(at), DEMAND_SPAN)));

        FeatureValues values = new FeatureValues(instant);
        Products found = new Products(values);
        String method = session == null ? null : sessionMethod(session.await(deadline), at, values);
        products.forEach(product -> found.add(product.await(deadline), at));
        found.finish();
        if (area != null) {
            NearCache.Found<Dated<Demand>> demand = area.await(deadline);
            values.demand("area", demand.status(), demand.source(), demand.value() == null ? Demand.NONE : demand.value().value());
        }
        return new OrderFeatures(found.handlingClasses, found.outOfStock, found.cartAdds, method, values.anyUnavailable(),
                session != null && values.sessionUnknown(), values.list());
    }

    /** Takes over a change, so that the next prediction sees it. */
    void changed(FeaturesChanged change) {
        SessionFeatures session = change.session();
        if (session != null) {
            sessions.update(change.entity(), session, (known, next) -> next.version() > known.version() ? next : known);
        } else {
            String now = keyAt(change.entity(), clock.millis());
            skus.changed(now);
            areas.changed(now);
        }
    }

    @PreDestroy
    void close() {
        executor.shutdownNow();
    }

    /** Demand is asked as of an instant, so each bucket of an entity is an entry of its own; only the current one still changes. */
    private static String keyAt(String entity, long at) {
        return entity + "@" + at / BUCKET_MILLIS;
    }

    /**
     * The end of the demand that counts: now, or for an instant that has passed the last bucket that was complete then, since a bucket does
     * not tell which of its events came later.
     */
    private long until(long at) {
        return at < clock.millis() - BUCKET_MILLIS ? at / BUCKET_MILLIS * BUCKET_MILLIS - 1 : at;
    }

    private @Nullable SessionFeatures session(String sessionId) {
        SessionState state = reader.session(sessionId);
        return state == null ? null : state.features();
    }

    private static @Nullable String sessionMethod(NearCache.Found<SessionFeatures> found, long at, FeatureValues values) {
        SessionFeatures session = found.value();
        // A session that went on after the asked instant knows more than the order did.
        boolean past = session == null || session.lastSeen() <= at;
        values.session(past ? found.status() : FeatureStatus.INVALID, found.source(), past ? session : null, at);
        return past && session != null ? session.shippingMethod() : null;
    }

    /** Adds up the items of an order. */
    private static final class Products {
        private final FeatureValues values;
        private final List<@Nullable String> handlingClasses = new ArrayList<>();
        private boolean outOfStock;
        private long cartAdds;
        private Demand most = Demand.NONE;
        private FeatureStatus status = FeatureStatus.NOT_FOUND;
        private String source = "store";
        private @Nullable SkuProfile shown;

        Products(FeatureValues values) {
            this.values = values;
        }

        void add(NearCache.Found<Dated<FeatureReader.SkuFeatures>> found, long at) {
            FeatureReader.SkuFeatures sku = found.value() == null ? null : found.value().value();
            SkuProfile profile = sku == null || sku.profile() == null || sku.profile().asOf() > at ? null : sku.profile();
            handlingClasses.add(profile == null ? null : profile.handlingClass());
            if (profile != null && profile.stock() != null && profile.stock() <= 0) {
                outOfStock = true;
            }
            if (sku != null && sku.demand().cartAdds() >= most.cartAdds()) {
                most = sku.demand();
                cartAdds = most.cartAdds();
            }
            shown = profile == null ? shown : profile;
            if (found.status() == FeatureStatus.UNAVAILABLE || status != FeatureStatus.UNAVAILABLE) {
                status = found.status();
                source = found.source();
            }
        }

        void finish() {
            values.profile(status == FeatureStatus.PRESENT && shown == null ? FeatureStatus.NOT_FOUND : status, source, shown);
            values.demand("sku", status, source, most);
        }
    }
}

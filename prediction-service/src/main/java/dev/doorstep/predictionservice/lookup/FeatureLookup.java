package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.predictionservice.PredictionSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
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
    private final NearCache<FeatureReader.SkuFeatures> skus;
    private final NearCache<Demand> areas;

    /** Look-ups that are under way; {@link #await()} waits for what is left of the budget. */
    public interface Begun {
        OrderFeatures await();
    }

    public FeatureLookup(FeatureReader reader, CircuitBreakerRegistry breakers, PredictionSettings settings, Clock clock) {
        this.reader = reader;
        this.clock = clock;
        this.budgetNanos = settings.prediction().featureBudget().toNanos();
        CircuitBreaker breaker = breakers.circuitBreaker("feature-store");
        PredictionSettings.Prediction prediction = settings.prediction();
        this.sessions = new NearCache<>(prediction, breaker, executor, clock,
                (known, next) -> next.version() >= known.version() ? next : known);
        this.skus = new NearCache<>(prediction, breaker, executor, clock, (_, next) -> next);
        this.areas = new NearCache<>(prediction, breaker, executor, clock, (_, next) -> next);
    }

    /**
     * Starts to find an order's features.
     *
     * @param instant of the prediction
     * @param live whether that is now; else what the store learnt of later instants is not used
     */
    public Begun begin(PredictionRequest request, Instant instant, boolean live) {
        long deadline = System.nanoTime() + budgetNanos;
        long at = instant.toEpochMilli();
        // A bucket does not tell which of its events came before the instant, so only those count that were complete by then.
        long until = live ? clock.millis() : at / BUCKET_MILLIS * BUCKET_MILLIS - 1;
        String asOf = live ? "" : "@" + until;
        String sessionId = request.sessionId();
        NearCache.Pending<SessionFeatures> session = sessionId == null
                ? null
                : sessions.find(EntityKey.session(sessionId), () -> session(sessionId));
        List<NearCache.Pending<FeatureReader.SkuFeatures>> products = new ArrayList<>();
        for (PredictionRequest.Item item : request.items()) {
            products.add(skus.find(EntityKey.sku(item.sku()) + asOf, () -> reader.sku(item.sku(), until, DEMAND_SPAN)));
        }
        String postalCode = request.destination().postalCode();
        String areaKey = postalCode == null || postalCode.isBlank()
                ? null
                : EntityKey.area(request.destination().country().toUpperCase(Locale.ROOT), postalCode);
        NearCache.Pending<Demand> area = areaKey == null
                ? null
                : areas.find(areaKey + asOf, () -> reader.demand(areaKey, until, DEMAND_SPAN));
        long latest = live ? Long.MAX_VALUE : at;
        return () -> {
            FeatureValues values = new FeatureValues(instant);
            String method = session == null ? null : sessionMethod(session.await(deadline), at, latest, values);
            OrderProducts found = new OrderProducts(latest);
            for (int i = 0; i < products.size(); i++) {
                found.add(request.items().get(i), products.get(i).await(deadline));
            }
            found.describe(values);
            if (area != null) {
                NearCache.Found<Demand> demand = area.await(deadline);
                values.demand("area", demand.status(), demand.source(), demand.value() == null ? Demand.NONE : demand.value());
            }
            return new OrderFeatures(found.products(), method,
                    values.any(FeatureStatus.UNAVAILABLE),
                    values.any(FeatureStatus.STALE), session != null && values.sessionUnknown(), values.list());
        };
    }

    /** Takes over a change, so that the next prediction sees it. */
    void changed(FeaturesChanged change) {
        SessionFeatures session = change.session();
        if (session != null) {
            sessions.update(change.entity(), session);
        } else {
            skus.changed(change.entity());
            areas.changed(change.entity());
        }
    }

    @PreDestroy
    void close() {
        executor.shutdownNow();
    }

    private @Nullable SessionFeatures session(String sessionId) {
        SessionState state = reader.session(sessionId);
        return state == null ? null : state.features();
    }

    private static @Nullable String sessionMethod(NearCache.Found<SessionFeatures> found, long at, long latest, FeatureValues values) {
        SessionFeatures session = found.value();
        // A session that went on after the asked instant knows more than the order did.
        boolean past = session == null || session.lastSeen() <= latest;
        values.session(past ? found.status() : FeatureStatus.INVALID, found.source(), past ? session : null, at);
        return past && session != null ? session.shippingMethod() : null;
    }
}

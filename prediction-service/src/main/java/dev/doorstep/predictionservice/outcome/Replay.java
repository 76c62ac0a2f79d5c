package dev.doorstep.predictionservice.outcome;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.learned.Pinned;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.journal.Inputs;
import dev.doorstep.predictionservice.serving.LiveStates;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.ModelLoader;
import dev.doorstep.predictionservice.serving.Policies;
import dev.doorstep.predictionservice.serving.ServingModels;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes promises again from what they were made from. Thread-safe. */
@Component
class Replay {
    private final Promises promises;
    private final ModelLoader loader;
    private final LiveStates states;
    private final Policies policies;
    private final ServingModels models;
    /** The last model that had to be loaded: who replays one promise replays more of its time. */
    private final Cache<String, LoadedModel> loaded = Caffeine.newBuilder().maximumSize(1).expireAfterAccess(Duration.ofMinutes(5))
            .scheduler(Scheduler.systemScheduler()).build();
    private final Inputs inputs = new Inputs();

    Replay(Promises promises, ModelLoader loader, LiveStates states, Policies policies, ServingModels models) {
        this.promises = promises;
        this.loader = loader;
        this.states = states;
        this.policies = policies;
        this.models = models;
    }

    /**
     * What a promise says and what comes out now.
     *
     * @param identical whether both are the same to the last bit
     * @param modelDigest the bundle that served at the time, from which both come unless safe mode had pinned a lower rung
     * @param policyDigest the policy that both come from
     * @param distributionDigest SHA-256 over the bits of the whole distribution that came out now, the same on every machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(String promiseId, boolean identical, String modelDigest, String policyDigest, String distributionDigest,
            Made promised, Made replayed) {}

    /** The part of a promise that a model makes. */
    record Made(LocalDate deliveryDate, double probability, PredictionAnswer.Window window, Basis basis) {}

    /**
     * Replays a promise.
     *
     * @throws DoorstepException {@code NOT_FOUND}; {@code REPLAY_IMPOSSIBLE} that names what is missing
     */
    Result of(String promiseId) {
        Promise promise = promises.find(promiseId, null);
        if (promise == null) {
            throw notFound(promiseId);
        }
        PredictionServed served = made(promise);
        if (served == null || served.inputs() == null || served.modelDigest() == null) {
            throw impossible("predictionId", "what the answer was made from is not in the journal (yet)");
        }
        LoadedPolicy policy = policy(promise.policyDigest());
        Forecaster model = forecaster(promise, served.modelDigest(), served.liveUntil(), policy);
        Basis pinned = served.safeMode();
        OrderForecast order = OrderForecast.of(inputs.read(served.inputs()),
                pinned == null ? model : new Pinned(model, loader.table(policy), pinned));
        DatePromise again = DatePromise.of(order.whole().delivery(), promise.targetConfidence());
        Made promised = new Made(promise.deliveryDate(), promise.probability(), promise.window(), promise.basis());
        Made replayed = new Made(again.deliveryDate(), again.probability(), again.window(), order.whole().basis());
        return new Result(promiseId, promised.equals(replayed), served.modelDigest(), promise.policyDigest(),
                digest(order.whole().delivery()), promised, replayed);
    }

    private @Nullable PredictionServed made(Promise promise) {
        try {
            return promises.made(promise.predictionId());
        } catch (DoorstepException e) {
            throw impossible("predictionId", "what the answer was made from can't be read: " + e.getMessage());
        }
    }

    private static String digest(DayDistribution delivery) {
        ByteBuffer bits = ByteBuffer.allocate((int) (delivery.lastDay() - delivery.firstDay() + 2) * Long.BYTES)
                .putLong(delivery.firstDay());
        for (long day = delivery.firstDay(); day <= delivery.lastDay(); day++) {
            bits.putDouble(delivery.cumulative(day));
        }
        return ContentHash.ofBytes(bits.array());
    }

    private LoadedPolicy policy(String digest) {
        LoadedPolicy policy;
        try {
            policy = policies.find(digest);
        } catch (IllegalArgumentException e) {
            throw impossible("policyDigest", "this release can't read the policy " + digest + ": " + e.getMessage());
        }
        if (policy == null) {
            throw impossible("policyDigest", "the policy " + digest + " that the promise was made under is not kept");
        }
        return policy;
    }

    private Forecaster forecaster(Promise promise, String digest, @Nullable LocalDate liveUntil, LoadedPolicy policy) {
        LiveState state = liveUntil == null ? null : states.of(digest, liveUntil);
        if (liveUntil != null && state == null) {
            throw impossible("liveUntil", "what outcomes of orders up to " + liveUntil + " said of the model is not kept any more");
        }
        try {
            LoadedModel model = models.loaded().stream().filter(each -> each.ref().digest().equals(digest)).findFirst()
                    .orElseGet(() -> loaded.get(digest, loader::load));
            return loader.with(loader.under(policy, model), state == null ? null : state.calibration()).forecaster();
        } catch (DoorstepException e) {
            throw impossible("modelDigest", "the model " + promise.model().version() + " can't be loaded: " + e.getMessage());
        }
    }

    private static DoorstepException impossible(String field, String message) {
        return new DoorstepException(ErrorCode.REPLAY_IMPOSSIBLE, field, message);
    }

    /** What those are told who ask for a promise that there is not. */
    static DoorstepException notFound(String promiseId) {
        return new DoorstepException(ErrorCode.NOT_FOUND, "promiseId", "no promise " + DoorstepException.shown(promiseId));
    }
}

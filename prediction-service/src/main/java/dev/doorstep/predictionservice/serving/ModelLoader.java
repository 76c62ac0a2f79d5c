package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.learned.WithoutModel;
import dev.doorstep.forecasting.live.LiveCalibration;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Bundles;
import dev.doorstep.predictionservice.registry.ModelRef;
import java.time.LocalDate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes models ready to answer: reads and verifies them, warms them up, and tries them on recent requests. Thread-safe. */
@Component
public class ModelLoader {
    /** Stands for the carrier's table where no bundle serves. */
    public static final ModelRef TABLE = new ModelRef("none", "none");

    private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);

    private final Bundles bundles;
    private final LoadedPolicy policy;
    private final Places places;
    private final Calendars calendars;
    private final Forecaster table;
    private final RolloutSettings settings;
    private final RecentOrders recent;
    private final LiveStates states;

    ModelLoader(Bundles bundles, LoadedPolicy policy, Places places, Calendars calendars, Forecaster table, RolloutSettings settings,
            RecentOrders recent, LiveStates states) {
        this.bundles = bundles;
        this.policy = policy;
        this.places = places;
        this.calendars = calendars;
        this.table = table;
        this.settings = settings;
        this.recent = recent;
        this.states = states;
    }

    /** The model that the service starts with; the carrier's table where there is none. */
    LoadedModel configured() {
        Bundle bundle = bundles.configured();
        if (bundle == null) {
            return new LoadedModel(TABLE, null, null, bundles.isWithoutModel() ? table : new WithoutModel(table));
        }
        try {
            return prepare(bundle);
        } catch (DoorstepException e) {
            // Customers wait for dates: they get the table's, and each says why.
            log.error("doorstep.prediction.bundle can't be used, the carrier's table answers: {}", e.getMessage());
            return new LoadedModel(TABLE, null, null, new WithoutModel(table));
        }
    }

    /**
     * Loads a model.
     *
     * @throws DoorstepException {@code INVALID_MODEL} with the reason why it can't serve
     */
    public LoadedModel load(ModelRef ref) {
        LoadedModel model = load(ref.digest());
        if (!model.ref().equals(ref)) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "version",
                    "the bundle " + ref.digest() + " is version " + model.ref().version() + ", not " + ref.version());
        }
        return calibrated(model);
    }

    /** Loads a model whatever its version is called, with errors as of {@link #load(ModelRef)}. */
    public LoadedModel load(String digest) {
        return digest.equals(TABLE.digest()) ? new LoadedModel(TABLE, null, null, table) : prepare(bundles.read(digest));
    }

    /**
     * Makes a bundle ready to answer.
     *
     * @throws DoorstepException {@code INVALID_MODEL} with the reason why it can't serve
     */
    public LoadedModel prepare(Bundle bundle) {
        LearnedForecaster learned = learned(bundle, policy);
        if (!learned.missingInService().isEmpty()) {
            log.warn("model {} was trained with {}, which no request carries: its forecasts go without and are worse than its report",
                    bundle.manifest().version(), learned.missingInService());
        }
        // What it can't answer must show before anyone asks it. Each of these also warms it up.
        for (RecentOrders.Order order : recent.orders()) {
            OrderForecast.of(order.parcels(), learned);
        }
        return loaded(new ModelRef(bundle.manifest().version(), bundle.manifest().digest()), bundle, learned);
    }

    private LearnedForecaster learned(Bundle bundle, LoadedPolicy under) {
        return new LearnedForecaster(bundle, under.policy(), places, calendars, table(under));
    }

    /** The carrier's table by a policy. */
    public Forecaster table(LoadedPolicy under) {
        return under.digest().equals(policy.digest()) ? table : new CarrierTableForecaster(under, places, calendars);
    }

    /** A model as it forecasts under a policy, before any corrections by outcomes. */
    public LoadedModel under(LoadedPolicy other, LoadedModel model) {
        if (other.digest().equals(policy.digest())) {
            return model;
        }
        return model.bundle() == null
                ? new LoadedModel(model.ref(), null, null, table(other))
                : loaded(model.ref(), model.bundle(), learned(model.bundle(), other));
    }

    /** A model with what outcomes say of its probabilities by now; the same one where nothing newer is known. Never fails. */
    LoadedModel calibrated(LoadedModel model) {
        LocalDate known = model.liveUntil();
        boolean current = known != null && !known.isBefore(states.mature());
        if (!settings.liveCalibration() || model.learned() == null || current) {
            return model;
        }
        try {
            String digest = model.ref().digest();
            LiveState next = known == null ? states.latest(digest) : states.after(digest, known);
            return next == null ? model : with(model, next.calibration());
        } catch (RuntimeException e) {
            log.warn("model {} goes on with what it knows of its outcomes, more can't be read: {}", model.ref().version(), e.toString());
            return model;
        }
    }

    /** A model with given corrections, or without. */
    public LoadedModel with(LoadedModel model, @Nullable LiveCalibration live) {
        LearnedForecaster learned = model.learned();
        return learned == null ? model : loaded(model.ref(), Objects.requireNonNull(model.bundle()), learned.with(live));
    }

    private LoadedModel loaded(ModelRef ref, Bundle bundle, LearnedForecaster learned) {
        return new LoadedModel(ref, bundle, learned,
                settings.faults().stream().filter(fault -> fault.version().equals(ref.version())).findFirst()
                        .<Forecaster>map(fault -> new FaultyForecaster(learned, fault)).orElse(learned));
    }

    /** Begins a trial with what both models say of recent orders, before the new one answers anyone; never fails. */
    TrialProgress begin(LoadedModel candidate, LoadedModel baseline) {
        TrialProgress progress = new TrialProgress();
        RuntimeException last = null;
        for (RecentOrders.Order order : recent.orders()) {
            try {
                progress.differ(date(candidate, order) - date(baseline, order));
            } catch (RuntimeException e) {
                last = e;
            }
        }
        if (last != null) {
            // How often that is, its trial counts on what is asked.
            log.warn("model {} or {} can't forecast every recent order", candidate.ref().version(), baseline.ref().version(), last);
        }
        return progress;
    }

    /** Day since 1970 that a model would promise. */
    private static long date(LoadedModel model, RecentOrders.Order order) {
        // Faults made for drills are for requests.
        LearnedForecaster learned = model.learned();
        return DatePromise.of(OrderForecast.of(order.parcels(), learned == null ? model.forecaster() : learned).whole().delivery(),
                order.confidence()).deliveryDate().toEpochDay();
    }
}

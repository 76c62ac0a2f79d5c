package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.Compatibility;
import dev.doorstep.forecasting.bundle.Manifest;
import dev.doorstep.predictionservice.registry.Bundles;
import dev.doorstep.predictionservice.registry.Cause;
import dev.doorstep.predictionservice.registry.Model;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.serving.ModelLoader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Lets models in: only what can serve, under a version that says what changed. Thread-safe. */
@Component
class Registration {
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final Bundles bundles;
    private final ModelLoader loader;
    private final Registry registry;
    private final Clock clock;

    Registration(Bundles bundles, ModelLoader loader, Registry registry, Clock clock) {
        this.bundles = bundles;
        this.loader = loader;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Registers a bundle. One that can't serve is entered as rejected, with the reason, unless it can't even be told which it is.
     *
     * @throws DoorstepException {@code INVALID_MODEL} when it is missing, damaged or can't serve, {@code MODEL_CONFLICT} when its version
     *     is another bundle's, or says less than what changed since the active model
     */
    Model register(String digest, Cause cause) {
        Manifest manifest = bundles.manifest(digest);
        Instant now = Instant.ofEpochMilli(clock.millis());
        Model model = new Model(manifest.version(), manifest.name(), digest, Model.State.REGISTERED, now, cause.actor(),
                manifest.knownUntil(),
                null);
        Model known = registry.entered(manifest.version());
        if (known != null && known.state() != Model.State.REJECTED) {
            return entered(model, cause, "registered");
        }
        Bundle bundle = whole(model, cause);
        ModelRef serving = registry.required().active();
        Bundle active = serving.equals(ModelLoader.TABLE) ? null : bundles.read(serving.digest());
        try {
            Compatibility.requireVersion(manifest.version());
            if (active != null) {
                Compatibility.requireHonestVersion(active, bundle);
            }
            loader.prepare(bundle);
        } catch (DoorstepException e) {
            reject(model, String.valueOf(e.getMessage()), cause);
            throw e;
        } catch (RuntimeException e) {
            String reason = "it fails on a request that the active model answers: " + e;
            reject(model, reason, cause);
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "digest", reason, e);
        }
        return entered(model, cause, "registered");
    }

    private Model entered(Model model, Cause cause, String action) {
        String why = model.reason() == null ? "" : ": " + model.reason();
        return registry.enter(model, cause.because("version " + model.version() + ", digest " + model.digest() + why), action);
    }

    private void reject(Model model, String reason, Cause cause) {
        try {
            entered(model.in(Model.State.REJECTED, reason), cause, "rejected");
        } catch (RuntimeException e) {
            // Whoever asked is to hear what is wrong with the model.
            log.warn("that model {} is rejected could not be written down: {}", model.version(), e.toString());
        }
    }

    private Bundle whole(Model model, Cause cause) {
        try {
            return bundles.read(model.digest());
        } catch (DoorstepException e) {
            boolean away = e.getCause() instanceof IOException && !(e.getCause() instanceof FileNotFoundException);
            // Where the bundle can't be reached, that says nothing of it.
            if (!away) {
                reject(model, String.valueOf(e.getMessage()), cause);
            }
            throw e;
        }
    }
}

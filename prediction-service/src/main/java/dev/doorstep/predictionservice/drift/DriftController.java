package dev.doorstep.predictionservice.drift;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.serving.ModelLoader;
import dev.doorstep.servicekit.operator.OperatorController;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Shows drift, for operators. */
@OperatorController
class DriftController {
    private final Drift drift;
    private final Registry registry;

    DriftController(Drift drift, Registry registry) {
        this.drift = drift;
        this.registry = registry;
    }

    /**
     * Of the active model.
     *
     * @throws DoorstepException {@code NOT_FOUND} while the carrier's table serves
     */
    @GetMapping("/v1/drift")
    DriftReport active() {
        ModelRef active = registry.required().active();
        if (active.equals(ModelLoader.TABLE)) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "version",
                    "the carrier's table serves, which was not trained: it has no drift; GET /v1/drift/{version} tells of a model");
        }
        return drift.report(active);
    }

    /** Of any registered model. */
    @GetMapping("/v1/drift/{version}")
    DriftReport of(@PathVariable String version) {
        return drift.report(registry.model("version", version).ref());
    }
}

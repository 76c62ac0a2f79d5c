package dev.doorstep.predictionservice.drift;

import dev.doorstep.predictionservice.registry.Registry;
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

    /** Of the active model. */
    @GetMapping("/v1/drift")
    DriftReport active() {
        return drift.report(registry.required().active());
    }

    /** Of any registered model. */
    @GetMapping("/v1/drift/{version}")
    DriftReport of(@PathVariable String version) {
        return drift.report(registry.model("version", version).ref());
    }
}

package dev.doorstep.ingestservice.ledger;

import dev.doorstep.servicekit.operator.OperatorController;
import org.springframework.web.bind.annotation.GetMapping;

/** Shows the ledger. */
@OperatorController
class LedgerController {
    private final Reconciler reconciler;

    LedgerController(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    /** The ledger, reckoned anew. */
    @GetMapping("/v1/ledger")
    Ledger ledger() {
        return reconciler.reconcile();
    }
}

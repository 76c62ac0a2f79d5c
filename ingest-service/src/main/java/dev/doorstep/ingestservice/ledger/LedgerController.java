package dev.doorstep.ingestservice.ledger;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.servicekit.operator.OperatorController;
import org.apache.kafka.common.KafkaException;
import org.springframework.web.bind.annotation.GetMapping;
import software.amazon.awssdk.core.exception.SdkException;

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
        try {
            return reconciler.reconcile();
        } catch (KafkaException | org.springframework.kafka.KafkaException e) {
            throw new DoorstepException(ErrorCode.BROKER_UNAVAILABLE, null, "Kafka does not answer, the ledger can't be reckoned", e);
        } catch (SdkException e) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null, "DynamoDB does not answer, the ledger can't be reckoned", e);
        }
    }
}

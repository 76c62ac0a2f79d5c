package dev.doorstep.ingestservice.outcome;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.ingestservice.intake.Receipt;
import org.jspecify.annotations.Nullable;

/**
 * What became of one outcome.
 *
 * @param index its place in the body, from 0
 * @param outcomeId its id, where one could be read
 * @param status accepted, refused or unavailable
 * @param reason why it was not accepted
 * @param field at fault
 * @param message one sentence that names field and value
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OutcomeReceipt(int index, @Nullable String outcomeId, Receipt.Status status, @Nullable ErrorCode reason, @Nullable String field,
        @Nullable String message) {}

package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.featurestore.PromiseStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Reads promises, and what they were made from, for those who want to know what became of them. Thread-safe. */
@Component
class Promises {
    private static final Logger log = LoggerFactory.getLogger(Promises.class);

    private final PromiseStore store;
    private final JsonMapper json;
    private final MessageCodec codec = new MessageCodec();

    Promises(PromiseStore store, JsonMapper json) {
        this.store = store;
        this.json = json;
    }

    /** A promise by its id or its order, or null when there is none, or it was erased. */
    @Nullable
    Promise find(@Nullable String promiseId, @Nullable String orderId) {
        String id = promiseId != null ? promiseId : orderId == null ? null : store.promiseOf(orderId);
        PromiseStore.Stored stored = id == null ? null : store.find(id);
        return stored == null || stored.body() == null ? null : json.readValue(stored.body(), Promise.class);
    }

    /**
     * What an answer was made from, or null when that is not there: not yet, not any more, or erased.
     *
     * @throws DoorstepException when it can't be read
     */
    @Nullable
    PredictionServed made(String predictionId) {
        byte[] body = store.served(predictionId);
        return body == null ? null : codec.read(body, PredictionServed.class);
    }

    /** The same; null also when it can't be read. */
    @Nullable
    PredictionServed readable(String predictionId) {
        try {
            return made(predictionId);
        } catch (DoorstepException e) {
            log.warn("what answer {} was made from can't be read, its promise counts without: {}", predictionId, e.getMessage());
            return null;
        }
    }

    /** The lane group or region of an answer, or what is given where that is not known. */
    static String lane(@Nullable PredictionServed made, String otherwise) {
        return made == null || made.lane() == null ? otherwise : made.lane();
    }
}

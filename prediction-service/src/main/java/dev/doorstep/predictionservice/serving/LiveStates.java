package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.watching.verdict.Rules;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What outcomes said of each model's probabilities, one document a day that never changes, so that answers can be made again. Thread-safe. */
@Component
public class LiveStates {
    /** As long as what promises are made from, and as long as it may be the last one while automation is frozen. */
    private static final Duration KEPT = Duration.ofDays(400 + 90);

    private static final int LOOKED_FOR = 7;

    private final ModelStore store;
    private final Rules rules;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();

    LiveStates(ModelStore store, Rules rules, Clock clock) {
        this.store = store;
        this.rules = rules;
        this.clock = clock;
    }

    /** The last day whose orders all had time to arrive. */
    public LocalDate mature() {
        return rules.mature(clock.instant());
    }

    /** The last one of a model, or null where there is none. */
    public @Nullable LiveState latest(String digest) {
        return read(store.last(ModelStore.Kind.LIVE, digest + "/"));
    }

    /** The last one after a day, or null: looks for it by its day, so that one that is known already is not read again. */
    @Nullable
    LiveState after(String digest, LocalDate known) {
        LocalDate day = mature();
        for (int i = 0; i < LOOKED_FOR && day.isAfter(known); i++) {
            LiveState state = of(digest, day);
            if (state != null) {
                return state;
            }
            day = day.minusDays(1);
        }
        return null;
    }

    /** That of a day, or null where there is none. */
    public @Nullable LiveState of(String digest, LocalDate until) {
        return read(store.find(ModelStore.Kind.LIVE, digest + "/" + until));
    }

    /** Adds one; false where another replica was faster. */
    public boolean add(String digest, LiveState state) {
        return store.create(ModelStore.Kind.LIVE, digest + "/" + state.until(), codec.write(state), clock.instant().plus(KEPT));
    }

    private @Nullable LiveState read(byte @Nullable [] body) {
        return body == null ? null : codec.read(body, LiveState.class);
    }
}

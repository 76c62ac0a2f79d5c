package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.watching.verdict.Rules;
import dev.doorstep.watching.verdict.Watch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Keeps what replicas say of themselves and what is known of rollouts. Thread-safe. */
@Component
class Reports {
    private static final Duration KEPT = Duration.ofDays(1);

    private final ModelStore store;
    private final RolloutSettings settings;
    private final MessageCodec codec = new MessageCodec();
    /** Silence is counted on the machine's clock, however fast the days go by in a simulation. */
    private final InstantSource machine = InstantSource.system();

    Reports(ModelStore store, RolloutSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * Says how a replica is.
     *
     * @param ends whether it ends, so that nobody waits for it
     */
    void put(String replicaId, ServingModels models, boolean ends) {
        Instant now = machine.instant();
        ReplicaReport report = new ReplicaReport(replicaId, ends ? 0 : now.toEpochMilli(), models.lineup().serving().epoch(),
                models.failures(), models.dropped().keySet(), models.counts(), models.dropped());
        store.put(ModelStore.Kind.REPLICA, replicaId, codec.write(report), now.plus(KEPT));
    }

    /** All of the last day, also of replicas that are gone: what they counted still counts. */
    List<ReplicaReport> all() {
        return store.list(ModelStore.Kind.REPLICA, "").stream().map(body -> codec.read(body, ReplicaReport.class)).toList();
    }

    /** Whether a replica spoke lately. */
    boolean isAlive(ReplicaReport report) {
        return machine.instant().toEpochMilli() - report.at() <= settings.replicaTimeout().toMillis();
    }

    /**
     * What is known of a rollout, which is as it is given. Orders of the days before it began are those of earlier trials of the same two models:
     * what failed on them, and was cleared since, would fail again before it has answered anyone.
     */
    RolloutReport find(Rollout rollout, Rules rules) {
        byte[] body = store.find(ModelStore.Kind.ROLLOUT, rollout.rolloutId());
        return body == null
                ? new RolloutReport(rollout, Map.of(), Watch.of(rules), day(rollout.since()) - 1, List.of(), null)
                : codec.read(body, RolloutReport.class).with(rollout);
    }

    private static long day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC).toEpochDay();
    }

    void save(RolloutReport report) {
        store.put(ModelStore.Kind.ROLLOUT, report.rollout().rolloutId(), codec.write(report), null);
    }
}

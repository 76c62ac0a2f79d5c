package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.serving.Counts;
import dev.doorstep.watching.verdict.Rules;
import dev.doorstep.watching.verdict.Watch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    void put(String replicaId, long epoch, dev.doorstep.predictionservice.serving.ServingModels models, Map<String, Counts> counts) {
        Instant now = machine.instant();
        ReplicaReport report = new ReplicaReport(replicaId, now.toEpochMilli(), epoch, models.prepared(), models.failures(),
                models.dropped(), counts);
        store.put(ModelStore.Kind.REPLICA, replicaId, codec.write(report), now.plus(KEPT));
    }

    /** Says that a replica ends, so that nobody waits for it. */
    void gone(ReplicaReport last) {
        store.put(ModelStore.Kind.REPLICA, last.replicaId(),
                codec.write(new ReplicaReport(last.replicaId(), 0, last.epoch(), last.prepared(), last.failures(), last.dropped(),
                        last.counts())),
                machine.instant().plus(KEPT));
    }

    /** All of the last day, also of replicas that are gone: what they counted still counts. */
    List<ReplicaReport> all() {
        return store.list(ModelStore.Kind.REPLICA, "").stream().map(body -> codec.read(body, ReplicaReport.class)).toList();
    }

    /** Whether a replica spoke lately. */
    boolean isAlive(ReplicaReport report) {
        return machine.instant().toEpochMilli() - report.at() <= settings.replicaTimeout().toMillis();
    }

    @Nullable
    RolloutReport find(String rolloutId) {
        byte[] body = store.find(ModelStore.Kind.ROLLOUT, rolloutId);
        return body == null ? null : codec.read(body, RolloutReport.class);
    }

    RolloutReport findOrNew(Rollout rollout, Rules rules) {
        RolloutReport known = find(rollout.rolloutId());
        return known == null ? new RolloutReport(rollout, Map.of(), Watch.of(rules), Long.MIN_VALUE, List.of(), null) : known.with(rollout);
    }

    void save(RolloutReport report) {
        store.put(ModelStore.Kind.ROLLOUT, report.rollout().rolloutId(), codec.write(report), null);
    }
}

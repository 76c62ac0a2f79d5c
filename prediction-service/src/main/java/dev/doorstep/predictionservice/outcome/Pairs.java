package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.watching.verdict.Pair;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Orders that two models forecast, with what came of them. Thread-safe. */
@Component
public class Pairs {
    private final ModelStore store;
    private final MessageCodec codec = new MessageCodec();

    Pairs(ModelStore store) {
        this.store = store;
    }

    /**
     * A pair as it is stored.
     *
     * @param day of the order since 1970
     * @param pair what became of it
     */
    record Stored(long day, Pair pair) {}

    /**
     * Keeps a pair; the same one again is the same.
     *
     * @param candidateDigest sorts after the other one
     */
    void put(String digest, String candidateDigest, long day, String promiseId, Instant expires, Pair pair) {
        store.put(ModelStore.Kind.PAIR, prefix(digest, candidateDigest) + LocalDate.ofEpochDay(day) + "/" + promiseId,
                codec.write(new Stored(day, pair)), expires);
    }

    /** Pairs of a rollout's two models, by the day of their orders since 1970, of the days from one to another. */
    public Map<Long, List<Pair>> cohorts(Rollout rollout, long from, long to) {
        Map<Long, List<Pair>> cohorts = new TreeMap<>();
        String digest = rollout.baseline().digest();
        String candidate = rollout.candidate().digest();
        boolean sorted = candidate.compareTo(digest) > 0;
        for (byte[] body : store.list(ModelStore.Kind.PAIR, sorted ? prefix(digest, candidate) : prefix(candidate, digest))) {
            Stored stored = codec.read(body, Stored.class);
            if (stored.day() >= from && stored.day() <= to) {
                cohorts.computeIfAbsent(stored.day(), _ -> new ArrayList<>()).add(sorted ? stored.pair() : stored.pair().swapped());
            }
        }
        return cohorts;
    }

    private static String prefix(String digest, String candidateDigest) {
        return candidateDigest + "/" + digest + "/";
    }
}

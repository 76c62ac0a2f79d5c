package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Keeps every policy that promises were made under, so that they can be made again after it was edited. Thread-safe. */
@Component
public class Policies {
    private final ModelStore store;
    private final LoadedPolicy current;
    private final PolicyReader reader;
    private volatile boolean kept;

    Policies(ModelStore store, LoadedPolicy current, Places places) {
        this.store = store;
        this.current = current;
        this.reader = new PolicyReader(places);
    }

    /** Keeps that of this process, once. */
    public void keep() {
        if (!kept) {
            store.create(ModelStore.Kind.POLICY, current.digest(), current.json().getBytes(StandardCharsets.UTF_8), null);
            kept = true;
        }
    }

    /**
     * The policy of a digest, or null where none is kept.
     *
     * @throws IllegalArgumentException when this release can't read it
     */
    public @Nullable LoadedPolicy find(String digest) {
        if (digest.equals(current.digest())) {
            return current;
        }
        byte[] json = store.find(ModelStore.Kind.POLICY, digest);
        try {
            return json == null ? null : reader.read(new ByteArrayInputStream(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

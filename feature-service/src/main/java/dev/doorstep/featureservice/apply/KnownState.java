package dev.doorstep.featureservice.apply;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.FeatureReader;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one partition's applier believes the store to hold. Being wrong is harmless: the store refuses the write and says where. Not
 * thread-safe.
 */
final class KnownState {
    private static final int SESSIONS = 50_000;
    private static final int PROFILES = 50_000;
    private static final SkuProfile NONE = new SkuProfile("", null, null, -1);

    private final FeatureReader reader;
    private final int partition;
    private final Cache<String, SessionState> sessions = Caffeine.newBuilder().maximumSize(SESSIONS).executor(Runnable::run).build();
    private final Cache<String, SkuProfile> profiles = Caffeine.newBuilder().maximumSize(PROFILES).executor(Runnable::run).build();

    KnownState(FeatureReader reader, int partition) {
        this.reader = reader;
        this.partition = partition;
    }

    /** A session that was never seen is taken for a new one; most are, and asking the store would cost a round trip each. */
    SessionState session(String sessionId) {
        SessionState session = sessions.getIfPresent(sessionId);
        return session == null ? SessionState.empty(sessionId) : session;
    }

    SkuProfile profile(String sku) {
        return profiles.get(sku, missing -> reader.currentProfiles(Set.of(missing), partition).getOrDefault(missing, NONE));
    }

    /** Reads together what is not known of products, which would cost a round trip each later. */
    void learnProfiles(Set<String> skus) {
        Set<String> unknown = skus.stream().filter(sku -> profiles.getIfPresent(sku) == null).collect(Collectors.toSet());
        Map<String, SkuProfile> stored = reader.currentProfiles(unknown, partition);
        unknown.forEach(sku -> profiles.put(sku, stored.getOrDefault(sku, NONE)));
    }

    /** Takes over what was written. */
    void applied(Effects effects) {
        effects.sessions().forEach(session -> sessions.put(session.sessionId(), session));
        effects.profiles().forEach(profile -> profiles.put(profile.sku(), profile));
    }

    /** Reads a session that turned out to be another than believed. */
    void refreshSession(String sessionId) {
        sessions.put(sessionId, reader.currentSession(sessionId));
    }

    /** Forgets all, because another writer was here. */
    void clear() {
        sessions.invalidateAll();
        profiles.invalidateAll();
    }
}

package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the effects of events until a transaction is full. Not thread-safe. */
final class EffectsPlan {
    /** Of how many products of one event the demand is counted, so that every event fits into one transaction. */
    static final int PRODUCTS_COUNTED = 45;

    private final KnownState known;
    private final List<EventRecord> events = new ArrayList<>();
    private final Map<String, SessionState> sessions = new LinkedHashMap<>();
    private final Map<Effects.CounterKey, Demand> demand = new HashMap<>();
    private int sessionBytes;
    private final Map<String, SkuProfile> profiles = new HashMap<>();

    EffectsPlan(KnownState known) {
        this.known = known;
    }

    /** Adds an event's effects if the transaction has room for them; an empty plan has room for any event. */
    boolean add(EventRecord event) {
        Map<Effects.CounterKey, Demand> eventDemand = demandOf(event);
        Map<String, SkuProfile> eventProfiles = profilesOf(event);
        SessionState before = event.sessionId() == null ? null : sessions.get(event.sessionId());
        SessionState after = event.sessionId() == null ? null : (before == null ? known.session(event.sessionId()) : before).plus(event);
        int bytes = sessionBytes + (after == null ? 0 : after.mostBytes()) - (before == null ? 0 : before.mostBytes());
        boolean full = bytes > Effects.MAX_SESSION_BYTES
                || actionsWith(event, eventDemand.keySet(), eventProfiles.keySet()) > Effects.MAX_ACTIONS;
        if (full && !events.isEmpty()) {
            return false;
        }
        events.add(event);
        if (after != null) {
            sessions.put(after.sessionId(), after);
            sessionBytes = bytes;
        }
        eventDemand.forEach((key, value) -> demand.merge(key, value, Demand::plus));
        profiles.putAll(eventProfiles);
        return true;
    }

    Effects effects(PartitionId partition, long expectedPosition, Progress progress) {
        return new Effects(partition, expectedPosition, progress, events,
                sessions.values().stream().map(SessionState::nextVersion).toList(), demand, List.copyOf(profiles.values()));
    }

    private int actionsWith(EventRecord event, Set<Effects.CounterKey> counters, Set<String> skus) {
        int actions = 1 + events.size() + 1 + sessions.size() + demand.size() + profiles.size();
        actions += event.sessionId() == null || sessions.containsKey(event.sessionId()) ? 0 : 1;
        actions += (int) counters.stream().filter(key -> !demand.containsKey(key)).count();
        return actions + (int) skus.stream().filter(sku -> !profiles.containsKey(sku)).count();
    }

    private static Map<Effects.CounterKey, Demand> demandOf(EventRecord event) {
        Demand kind = event.eventType() == null ? Demand.NONE : Demand.ofEventType(event.eventType());
        if (kind.equals(Demand.NONE)) {
            return Map.of();
        }
        Map<Effects.CounterKey, Demand> counters = new HashMap<>();
        distinctSkus(event).forEach(sku -> counters.put(Effects.CounterKey.at(EntityKey.sku(sku), event.createdDateTime()), kind));
        String area = event.areaKey();
        if (area != null) {
            counters.put(Effects.CounterKey.at(area, event.createdDateTime()), kind);
        }
        return counters;
    }

    private static Set<String> distinctSkus(EventRecord event) {
        Set<String> skus = new LinkedHashSet<>();
        for (Product product : event.products()) {
            if (skus.size() < PRODUCTS_COUNTED) {
                skus.add(product.sku());
            }
        }
        return skus;
    }

    private Map<String, SkuProfile> profilesOf(EventRecord event) {
        Map<String, SkuProfile> changed = new HashMap<>();
        for (Product product : event.products()) {
            if (changed.size() < PRODUCTS_COUNTED && hasProfile(product)) {
                SkuProfile profile = new SkuProfile(product.sku(), product.handlingClass(), product.stock(), event.createdDateTime());
                SkuProfile planned = profiles.get(product.sku());
                if (isNewer(profile, planned == null ? known.profile(product.sku()) : planned)) {
                    changed.put(product.sku(), profile);
                }
            }
        }
        return changed;
    }

    /** Whether an event tells anything that lasts of a product. */
    static boolean hasProfile(Product product) {
        return product.handlingClass() != null || product.stock() != null;
    }

    /** The order of instants, and of contents where two events have the same: the outcome must not depend on which came first. */
    private static boolean isNewer(SkuProfile profile, SkuProfile than) {
        return profile.asOf() > than.asOf() || (profile.asOf() == than.asOf() && profile.toString().compareTo(than.toString()) > 0);
    }
}

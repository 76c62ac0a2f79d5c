package dev.doorstep.predictionservice.registry;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.bundle.Manifest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The models, and which of them serves: every change is decided by one conditional write and stands in the history. Thread-safe.
 */
@Component
public class Registry {
    private static final int TRIES = 20;

    private final ModelStore store;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();

    Registry(ModelStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** What serves, or null before anything has been decided. */
    public @Nullable Serving serving() {
        ModelStore.Pointer pointer = store.pointer();
        return pointer == null ? null : codec.read(pointer.body(), Serving.class);
    }

    /** Makes the configured model the first one to serve, where nothing has been decided yet; what serves then. */
    public Serving begin(ModelRef configured, @Nullable Manifest manifest) {
        Serving known = serving();
        if (known != null) {
            return known;
        }
        Instant now = now();
        Serving first = Serving.first(configured, now);
        Map<ModelStore.Key, byte[]> documents = new HashMap<>();
        if (manifest != null) {
            documents.put(key(configured.version()), codec.write(new Model(configured.version(), manifest.name(), configured.digest(),
                    Model.State.REGISTERED, now, Cause.AUTOMATION, manifest.knownUntil(), null)));
        }
        store.move(new ModelStore.Pointer(1, codec.write(first)), now,
                codec.write(new Change(now, Cause.AUTOMATION, null, "started", null, "the configured bundle", List.of(), first)),
                documents);
        return required();
    }

    /**
     * Changes what serves.
     *
     * @param action as the history has it
     * @param rolloutId that it belongs to, or null
     * @param transition what becomes of it; called again where someone else was faster. One that changes nothing leaves no trace
     * @return what serves then
     */
    public Serving change(Cause cause, String action, @Nullable String rolloutId, UnaryOperator<Serving> transition) {
        return tried(before -> {
            Serving after = transition.apply(before);
            if (after.isSame(before)) {
                return before;
            }
            Serving next = after.next(now());
            return move(cause, action, rolloutId, next, documents(before, next)) ? next : null;
        });
    }

    /** What became of an attempt on what serves, made again where that is null: someone else was faster. */
    private <T> T tried(Function<Serving, @Nullable T> attempt) {
        for (int i = 0; i < TRIES; i++) {
            T made = attempt.apply(required().undecided());
            if (made != null) {
                return made;
            }
        }
        throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, "others changed what serves " + TRIES + " times in a row; try again");
    }

    private boolean move(Cause cause, String action, @Nullable String rolloutId, Serving next, Map<ModelStore.Key, byte[]> documents) {
        Change change = new Change(next.at(), cause.actor(), cause.requestId(), action, rolloutId, cause.reason(), cause.figures(), next);
        return store.move(new ModelStore.Pointer(next.epoch(), codec.write(next)), next.at(), codec.write(change), documents);
    }

    /** Rollouts that have ended and models that are not used any more, in their last state. */
    private Map<ModelStore.Key, byte[]> documents(Serving before, Serving after) {
        Map<ModelStore.Key, byte[]> documents = new HashMap<>();
        after.ended().forEach(rollout -> documents.put(ended(rollout.rolloutId()), codec.write(rollout)));
        Set<String> used = used(after);
        for (String version : used(before)) {
            Model model = used.contains(version) ? null : entered(version);
            if (model != null) {
                documents.put(key(version), codec.write(model.in(Model.State.RETIRED, after.blocked().get(version))));
            }
        }
        return documents;
    }

    private static Set<String> used(Serving serving) {
        return Stream.concat(Stream.of(serving.active()), serving.rollouts().stream().filter(Rollout::isOpen).map(Rollout::candidate))
                .map(ModelRef::version).collect(Collectors.toSet());
    }

    /**
     * Enters a model together with its entry in the history, or not at all; one that is there with the same digest stays as it is, and one
     * that was rejected gives its place.
     *
     * @param action as the history has it
     * @throws DoorstepException {@code MODEL_CONFLICT} when the version is another bundle already
     */
    public Model enter(Model model, Cause cause, String action) {
        return tried(before -> {
            // Read after what serves: who enters one meanwhile moves the pointer, and then this doesn't.
            Model known = entered(model.version());
            if (known == null || known.state() == Model.State.REJECTED) {
                return move(cause, action, null, before.next(now()), Map.of(key(model.version()), codec.write(model))) ? model : null;
            }
            if (!known.digest().equals(model.digest())) {
                throw new DoorstepException(ErrorCode.MODEL_CONFLICT, "version",
                        "version " + model.version() + " is another bundle already: " + known.digest());
            }
            return known;
        });
    }

    /** A model as it was entered last, or null. */
    public @Nullable Model entered(String version) {
        byte[] body = store.find(ModelStore.Kind.MODEL, version);
        return body == null ? null : codec.read(body, Model.class);
    }

    /**
     * A model in its present state.
     *
     * @param field that names it, for messages
     * @param versionOrDigest its version or its digest
     * @throws DoorstepException {@code NOT_FOUND}
     */
    public Model model(String field, String versionOrDigest) {
        return models().stream().filter(each -> each.version().equals(versionOrDigest) || each.digest().equals(versionOrDigest)).findFirst()
                .orElseThrow(() -> new DoorstepException(ErrorCode.NOT_FOUND, field, field + " names no registered model: "
                        + DoorstepException.shown(versionOrDigest) + "; POST /v1/models registers one"));
    }

    /** All models in their present states. */
    public List<Model> models() {
        Serving serving = required();
        List<Model> models = new ArrayList<>();
        for (byte[] body : store.list(ModelStore.Kind.MODEL, "")) {
            Model model = codec.read(body, Model.class);
            String blocked = serving.blocked().get(model.version());
            models.add(model.in(state(model, serving), blocked == null ? model.reason() : blocked));
        }
        return models;
    }

    private static Model.State state(Model model, Serving serving) {
        if (serving.active().equals(model.ref())) {
            return Model.State.ACTIVE;
        }
        for (Rollout rollout : serving.rollouts()) {
            if (rollout.isOpen() && rollout.candidate().equals(model.ref())) {
                return rollout.percent() > 0 ? Model.State.CANARY : Model.State.SHADOW;
            }
        }
        return model.state();
    }

    /** Entries of the history up to an instant, the last one first. */
    public List<Change> history(Instant until, int limit) {
        return store.history(until, limit).stream().map(body -> codec.read(body, Change.class)).toList();
    }

    /** A rollout as it is, or as it ended; null where there never was one of that id. */
    public @Nullable Rollout rollout(String rolloutId) {
        Serving serving = required();
        Rollout open = serving.rollout(rolloutId);
        if (open != null) {
            return open;
        }
        ModelStore.Key key = ended(rolloutId);
        byte[] body = store.find(key.kind(), key.id());
        return body == null ? null : codec.read(body, Rollout.class);
    }

    private static ModelStore.Key ended(String rolloutId) {
        return new ModelStore.Key(ModelStore.Kind.ROLLOUT, rolloutId + "/ended");
    }

    /**
     * What serves.
     *
     * @throws DoorstepException {@code STORE_UNAVAILABLE} before anything has been decided
     */
    public Serving required() {
        Serving serving = serving();
        if (serving == null) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, "nothing serves by the registry yet; try again");
        }
        return serving;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }

    private static ModelStore.Key key(String version) {
        return new ModelStore.Key(ModelStore.Kind.MODEL, version);
    }
}

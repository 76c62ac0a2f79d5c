package dev.doorstep.localstack.drill;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.LetterFilter;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.SourceCounts;
import dev.doorstep.featurestore.StoreClient;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.localstack.stack.Stack;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.json.JsonMapper;

/** Counts what is in the store, directly and past every service and proxy. */
final class Census implements AutoCloseable {
    private static final int PAGE = 1_000;
    /** A drill sets the services' clocks back. */
    private static final Duration CLOCKS_BACK = Duration.ofDays(2);

    private final Stack stack;
    private final DynamoDbClient client;
    private final FeatureReader reader;
    private final ProgressReader progress;
    private final DeadLetterStore letters;
    private final JsonMapper json = new JsonMapper();

    Census(Stack stack) {
        this.stack = stack;
        StoreSettings settings = new StoreSettings(URI.create(stack.dynamoDb().endpoint()), "eu-central-1", "doorstep", false,
                Duration.ofSeconds(20), Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
        this.client = StoreClient.patient(settings);
        this.reader = new FeatureReader(client, settings);
        this.progress = new ProgressReader(client, settings);
        this.letters = new DeadLetterStore(client, settings, new DeadLetterSeal(List.of(stack.deadLetterKey())), Duration.ofDays(14),
                Clock.systemUTC());
    }

    /** Events that the traffic's sessions have, which is what is quickest to ask. */
    long inSessions(Traffic traffic) {
        long events = 0;
        for (int session = 0; session < Traffic.SESSIONS; session++) {
            SessionState state = reader.session(traffic.prefix() + "s" + session);
            events += state == null ? 0 : state.events();
        }
        return events;
    }

    /** Dead letters of a traffic's documents. */
    Map<String, Long> deadLetters(Traffic traffic, Instant since) {
        Map<String, Long> found = new HashMap<>();
        LetterFilter filter = new LetterFilter(null, traffic.source(), null, null, since.minus(CLOCKS_BACK), null, null, Set.of());
        String next = null;
        do {
            DeadLetterStore.Page page = letters.list(filter, next, PAGE);
            page.letters().forEach(letter -> {
                DeadLetter original = Objects.requireNonNull(letters.original(letter.id()), letter.id());
                String id = json.readTree(original.original()).path("_id").asString();
                if (id.startsWith(traffic.prefix())) {
                    found.merge(id, 1L, Long::sum);
                }
            });
            next = page.next();
        } while (next != null);
        return found;
    }

    /** Whether an event is in the store. */
    boolean isApplied(String eventId) {
        return reader.event(eventId) != null;
    }

    /** Duplicates that the store has counted, of all sources and partitions. */
    long duplicates() throws InterruptedException, ExecutionException {
        long duplicates = 0;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
            TopicDescription topic = Objects
                    .requireNonNull(admin.describeTopics(List.of(Topics.EVENTS)).allTopicNames().get().get(Topics.EVENTS));
            for (int partition = 0; partition < topic.partitions().size(); partition++) {
                PartitionId id = new PartitionId(Topics.EVENTS, topic.topicId().toString(), partition);
                duplicates += progress.progress(id).counts().values().stream().mapToLong(SourceCounts::duplicate).sum();
            }
        }
        return duplicates;
    }

    /**
     * How many documents came in since the traffic began. A sender over HTTP knows; of a source that is read, ingest-service's ledger does,
     * since it may read a document again.
     *
     * @param received documents, each time that one came
     * @param refused those of them that were not taken, as their sender was told
     * @param deadLettered those of them that became dead letters; null where each is a letter of its own, so that letters are counted
     */
    record Taken(long received, long refused, @Nullable Long deadLettered) {}

    /**
     * Counts everything.
     *
     * @param taken how many documents came in
     * @param duplicatesBefore {@link #duplicates()} before the traffic began
     * @param inFlight as the ledger says
     * @param since when the traffic began
     */
    Result count(String drill, Traffic traffic, Taken taken, long duplicatesBefore, long inFlight, Instant since, double recoverySeconds)
            throws InterruptedException, ExecutionException {
        BitSet acknowledged = traffic.acknowledgedNumbers();
        BitSet applied = new BitSet();
        long lost = 0;
        traffic.attemptedNumbers().stream().filter(number -> !Traffic.isBad(number)).forEach(number -> {
            if (isApplied(traffic.id(number))) {
                applied.set(number);
            }
        });
        Map<String, Long> dead = deadLetters(traffic, since);
        Set<String> deadIds = new HashSet<>(dead.keySet());
        lost += acknowledged.stream()
                .filter(number -> Traffic.isBad(number) ? !deadIds.contains(traffic.id(number)) : !applied.get(number)).count();
        long deadLettered = Objects.requireNonNullElse(taken.deadLettered(), dead.values().stream().mapToLong(Long::longValue).sum());
        if (taken.deadLettered() == null) {
            // An acknowledged dead letter is one in the store; one whose acknowledgement never came back may be there too.
            lost += Math.max(0, traffic.acknowledgedBad() - deadLettered);
        }
        long[] aggregates = aggregates(traffic, applied);
        long duplicate = duplicates() - duplicatesBefore;
        long rejected = taken.received() - applied.cardinality() - duplicate - deadLettered - inFlight;
        // What is left must be what the sender was not told to be taken; anything else appeared or vanished.
        lost += aggregates[0] + Math.max(0, rejected - taken.refused());
        long doubled = aggregates[1] + Math.max(0, -rejected);
        return new Result(drill, taken.received(), applied.cardinality(), duplicate, Math.max(0, rejected), deadLettered, inFlight, lost,
                doubled, recoverySeconds, null);
    }

    /** What sessions and counters lack, and what they have too much, against the events in the store. */
    private long[] aggregates(Traffic traffic, BitSet applied) {
        long[] sessions = new long[Traffic.SESSIONS];
        long[] skus = new long[Traffic.SKUS];
        applied.stream().forEach(number -> {
            sessions[Traffic.session(number)]++;
            skus[Traffic.sku(number)]++;
        });
        long lacking = 0;
        long tooMany = 0;
        for (int session = 0; session < sessions.length; session++) {
            SessionState state = reader.session(traffic.prefix() + "s" + session);
            long difference = (state == null ? 0 : state.views()) - sessions[session];
            lacking += Math.max(0, -difference);
            tooMany += Math.max(0, difference);
        }
        for (int sku = 0; sku < skus.length; sku++) {
            Demand demand = reader.demand(EntityKey.sku(traffic.prefix() + "sku" + sku), Traffic.AT + 3_600_000, Duration.ofHours(2));
            lacking += Math.max(0, skus[sku] - demand.views());
            tooMany += Math.max(0, demand.views() - skus[sku]);
        }
        return new long[]{lacking, tooMany};
    }

    @Override
    public void close() {
        client.close();
    }
}

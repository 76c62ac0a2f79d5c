package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads once through what a point in time holds of a span of {@code createdDateTime}, page by page with {@code search_after}, and hands
 * each page on before it moves its position. Not thread-safe; reads slices on threads of its own.
 */
final class Scan {
    private static final Logger log = LoggerFactory.getLogger(Scan.class);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** The cluster forgets a point in time that nobody asks about, so there is no use in trying for longer. */
    private static final long MOST_PAUSES_MILLIS = 45_000;

    private final Cluster cluster;
    private final DocumentSink sink;
    private final ElasticsearchSettings settings;
    private final BooleanSupplier wanted;
    private final JsonMapper json = new JsonMapper();

    /**
     * A span of {@code createdDateTime}.
     *
     * @param from epoch milliseconds, included; {@link Long#MIN_VALUE} for no bound
     * @param to epoch milliseconds, excluded; null for no bound
     */
    record Span(long from, @Nullable Long to) {}

    /**
     * Creates a scan.
     *
     * @param wanted asked between two pages; once it says no, the scan ends early
     */
    Scan(Cluster cluster, DocumentSink sink, ElasticsearchSettings settings, BooleanSupplier wanted) {
        this.cluster = cluster;
        this.sink = sink;
        this.settings = settings;
        this.wanted = wanted;
    }

    /**
     * Reads a span in several slices at once.
     *
     * @param unread says which documents are to be handed on
     * @param readTo hears after each page up to which time all slices have handed everything on, epoch milliseconds, {@link Long#MAX_VALUE}
     *     at the end; from several threads
     * @return whether it came to its end
     * @throws SearchException when the cluster does not answer as asked for longer than it keeps a point in time
     */
    boolean run(Span span, int slices, BiPredicate<SearchPage, SearchPage.Hit> unread, LongConsumer readTo)
            throws SearchException, InterruptedException {
        String pit = patiently(cluster::openPointInTime);
        AtomicLongArray positions = new AtomicLongArray(slices);
        for (int slice = 0; slice < slices; slice++) {
            positions.set(slice, span.from());
        }
        List<Future<Boolean>> readers = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < slices; i++) {
                int slice = i;
                readers.add(executor.submit(() -> new Slice(pit, span, slice, slices, unread, position -> {
                    positions.set(slice, position);
                    readTo.accept(lowest(positions));
                }).read()));
            }
            return finish(readers);
        } finally {
            cluster.closePointInTime(pit);
        }
    }

    /** Asks the cluster something. */
    interface Ask<T> {
        T ask() throws SearchException;
    }

    /** Tries again while the cluster is busy or a shard is away. */
    <T> T patiently(Ask<T> question) throws SearchException, InterruptedException {
        ExponentialBackOff backOff = new ExponentialBackOff(FIRST_PAUSE_MILLIS, 2);
        backOff.setMaxInterval(LONGEST_PAUSE_MILLIS);
        backOff.setMaxElapsedTime(Math.min(MOST_PAUSES_MILLIS, settings.keepAlive().toMillis()));
        BackOffExecution pauses = backOff.start();
        while (true) {
            try {
                return question.ask();
            } catch (SearchException e) {
                long pause = e.isPassing() && wanted.getAsBoolean() ? pauses.nextBackOff() : BackOffExecution.STOP;
                if (pause == BackOffExecution.STOP) {
                    throw e;
                }
                log.info("source {}: asking again in {} ms: {}", ElasticsearchSource.NAME, pause, e.getMessage());
                Thread.sleep(pause);
            }
        }
    }

    /** One that fails ends the others. */
    private static boolean finish(List<Future<Boolean>> readers) throws SearchException, InterruptedException {
        boolean complete = true;
        try {
            for (Future<Boolean> reader : readers) {
                complete &= reader.get();
            }
            return complete;
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            readers.forEach(reader -> reader.cancel(true));
        }
    }

    /** What a search has thrown, on the thread that waited for it. */
    private static SearchException unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case SearchException cause -> cause;
            case RuntimeException cause -> throw cause;
            case null, default -> throw new IllegalStateException(e);
        };
    }

    private static long lowest(AtomicLongArray positions) {
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < positions.length(); i++) {
            lowest = Math.min(lowest, positions.get(i));
        }
        return lowest;
    }

    private final class Slice {
        private final ObjectNode request;
        private final BiPredicate<SearchPage, SearchPage.Hit> unread;
        private final LongConsumer position;
        private int pageSize = settings.pageSize();

        Slice(String pit, Span span, int slice, int slices, BiPredicate<SearchPage, SearchPage.Hit> unread, LongConsumer position) {
            this.unread = unread;
            this.position = position;
            this.request = json.createObjectNode().put("track_total_hits", false);
            request.putObject("pit").put("id", pit).put("keep_alive", settings.keepAlive().toSeconds() + "s");
            request.set("query", cluster.field().query(span.from(), span.to()));
            request.set("sort", cluster.field().sort(cluster.tiebreak()));
            if (slices > 1) {
                request.putObject("slice").put("id", slice).put("max", slices);
            }
        }

        /** Asks for each page while the one before is handed on; returns whether it came to its end. */
        boolean read() throws SearchException, InterruptedException {
            FutureTask<SearchPage> next = ask();
            try {
                while (wanted.getAsBoolean()) {
                    SearchPage page = await(next);
                    if (page.hits().isEmpty()) {
                        position.accept(Long.MAX_VALUE);
                        return true;
                    }
                    SearchPage.Hit last = page.hits().getLast();
                    goOnAfter(page, last);
                    next = ask();
                    List<PatientIntake.Document> documents = page.hits().stream().filter(hit -> unread.test(page, hit))
                            .map(hit -> document(page, hit)).toList();
                    if (!sink.deliver(documents, wanted)) {
                        return false;
                    }
                    position.accept(cluster.field().epochMillis(last.sort()));
                }
                return false;
            } finally {
                next.cancel(true);
            }
        }

        private FutureTask<SearchPage> ask() {
            FutureTask<SearchPage> page = new FutureTask<>(() -> patiently(this::page));
            Thread.ofVirtual().name("search").start(page);
            return page;
        }

        private static SearchPage await(FutureTask<SearchPage> page) throws SearchException, InterruptedException {
            try {
                return page.get();
            } catch (ExecutionException e) {
                throw unwrapped(e);
            }
        }

        private void goOnAfter(SearchPage page, SearchPage.Hit last) {
            if (page.pit() != null) {
                ((ObjectNode) request.path("pit")).put("id", page.pit());
            }
            ArrayNode after = request.putArray("search_after");
            last.sort().forEach(value -> after.add(json.<JsonNode>valueToTree(value)));
        }

        private static PatientIntake.Document document(SearchPage page, SearchPage.Hit hit) {
            return new PatientIntake.Document(page.body(), hit.start(), hit.end() - hit.start(), hit.position());
        }

        /** With a smaller page when the answer is too long. */
        private SearchPage page() throws SearchException {
            while (true) {
                try {
                    SearchPage page = cluster.search(request.put("size", pageSize), pageSize == 1);
                    pageSize = Math.min(settings.pageSize(), pageSize * 2);
                    return page;
                } catch (SearchException e) {
                    if (e.status() != SearchException.TOO_LONG || pageSize == 1) {
                        throw e;
                    }
                    pageSize = Math.max(1, pageSize / 4);
                }
            }
        }
    }
}

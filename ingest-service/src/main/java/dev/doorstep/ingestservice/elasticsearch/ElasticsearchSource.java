package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.commonmodel.document.DocumentParser;
import dev.doorstep.commonmodel.document.ParsedDocument;
import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.SourcePositions.Position;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.source.Pauses;
import dev.doorstep.ingestservice.source.SourceStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Reads clickstream documents from Elasticsearch or OpenSearch: all that is there, in slices, then what becomes visible. How far it has
 * come is kept in DynamoDB, and moved only once everything before was acknowledged and may not be joined by late ones any more.
 * One replica reads, the others stand by. Runs on threads of its own.
 */
public final class ElasticsearchSource implements SmartLifecycle {
    /** Name of the source, in records, dead letters, the ledger and metrics. */
    public static final String NAME = "elasticsearch";

    private static final Logger log = LoggerFactory.getLogger(ElasticsearchSource.class);
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration STANDBY_PAUSE = LEASE.dividedBy(5);
    private static final Duration SAVE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Refreshes of a second are the default of both products; later ones are the lookback's. */
    private static final Duration OVERLAP = Duration.ofSeconds(10);
    private static final int SWEEPS_PER_LOOKBACK = 5;
    private static final int MOST_SEEN = 500_000;

    private final ElasticsearchSettings settings;
    private final SourcePositions positions;
    private final DocumentSink sink;
    private final SourceStatus status;
    private final @Nullable SSLContext ssl;
    private final Clock clock;
    private final String owner;
    private final String key;
    private final ScheduledExecutorService renewals = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("elasticsearch-lease").factory());
    private @Nullable Thread thread;
    private volatile boolean running;
    private volatile boolean leased;
    /** Whether it was read in an order of time before, which it does not lose by what comes in. */
    private boolean followed;

    /**
     * Creates a source.
     *
     * @param ssl with the authority that the cluster's certificate is checked against; null for the JVM's own
     */
    public ElasticsearchSource(ElasticsearchSettings settings, IngestSettings ingest, SourcePositions positions, DocumentSink sink,
            SourceStatus status, @Nullable SSLContext ssl, Clock clock) {
        this.settings = settings;
        this.positions = positions;
        this.sink = sink;
        this.status = status;
        this.ssl = ssl;
        this.clock = clock;
        this.owner = ingest.instance();
        this.key = String.join("|", NAME, sink.name(), settings.index(), String.valueOf(settings.from()), String.valueOf(settings.to()));
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name(NAME).start(this::run);
        ScheduledFuture<?> _ = renewals.scheduleWithFixedDelay(this::renew, LEASE.toMillis() / 3, LEASE.toMillis() / 3,
                TimeUnit.MILLISECONDS);
    }

    /** Ends at once: what was being handed on is read again, by this replica or another one. */
    @Override
    public void stop() {
        running = false;
        renewals.shutdownNow();
        try {
            Thread reader = Objects.requireNonNull(thread, "started");
            reader.interrupt();
            reader.join();
            giveBack();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private boolean isWanted() {
        return running && leased;
    }

    private void renew() {
        if (!leased) {
            return;
        }
        try {
            leased = positions.claim(key, owner, LEASE);
        } catch (RuntimeException e) {
            log.debug("the lease could not be made longer: {}", e.toString());
        }
    }

    private void run() {
        Pauses pauses = new Pauses(FIRST_PAUSE, LONGEST_PAUSE);
        try {
            while (running) {
                Turn turn = attempt();
                if (turn == Turn.READ) {
                    pauses.reset();
                }
                if (running && turn != Turn.STOOD_BY) {
                    pauses.sleep();
                }
            }
        } catch (InterruptedException _) {
            running = false;
        }
    }

    private enum Turn {
        READ, STOOD_BY, FAILED
    }

    private Turn attempt() throws InterruptedException {
        AtomicLong progress = new AtomicLong();
        try {
            leased = positions.claim(key, owner, LEASE);
            if (leased) {
                read(progress);
            } else {
                status.standby("another replica reads it");
                Thread.sleep(STANDBY_PAUSE.toMillis());
                return Turn.STOOD_BY;
            }
        } catch (SearchException e) {
            if (e.isPointInTimeGone()) {
                status.restarted("point-in-time-gone");
                log.info("source {}: the cluster forgot the point in time; reading goes on from the last position", NAME);
            } else {
                giveBack();
                status.failing(Objects.requireNonNull(e.getMessage()));
                status.restarted(e.type().isEmpty() ? "no-answer" : "refused");
            }
        } catch (SdkException e) {
            status.failing("its position can't be kept: " + SourceStatus.oneLine(e.toString()));
        } catch (RuntimeException e) {
            giveBack();
            status.failing("reading " + settings.index() + " failed: " + SourceStatus.oneLine(e.toString()));
            log.debug("source {}: reading failed", NAME, e);
        }
        return progress.get() > 0 ? Turn.READ : Turn.FAILED;
    }

    /** Another replica may read at once: also where this one can't, since its network or its key may not keep the others from it. */
    private void giveBack() {
        leased = false;
        try {
            positions.release(key, owner);
        } catch (RuntimeException e) {
            log.debug("the lease was not given back, it ends by itself: {}", e.toString());
        }
    }

    /** Reads until it is no longer wanted or something is wrong; counts what has gone well. */
    private void read(AtomicLong progress) throws SearchException, InterruptedException {
        Position position = positions.read(key);
        if (position.done()) {
            status.done(toItsEnd());
            awaitEnd();
            return;
        }
        try (DefaultCredentialsProvider credentials = DefaultCredentialsProvider.builder().build();
                SearchClient client = new SearchClient(settings, ssl, credentials)) {
            Cluster cluster = Cluster.of(client, settings, followed || position.readTo() != Long.MIN_VALUE, clock);
            Scan scan = new Scan(cluster, sink, settings, this::isWanted);
            if (cluster.field().kind() == TimeField.Kind.NONE) {
                readOnce(cluster, scan);
                return;
            }
            followed = true;
            SeenIds seen = new SeenIds(MOST_SEEN);
            Keeper keeper = new Keeper(position.readTo(), seen, progress);
            status.reading("reads " + settings.index() + " at " + cluster.name() + " by " + cluster.field().name() + " (as "
                    + cluster.field().kind().name().toLowerCase(Locale.ROOT) + ") into " + sink.name() + " from "
                    + (position.readTo() == Long.MIN_VALUE ? "the start" : Instant.ofEpochMilli(position.readTo())));
            try {
                if (readAll(scan, keeper, cluster, seen)) {
                    follow(scan, keeper, cluster, seen);
                }
            } finally {
                keeper.keep();
            }
        }
    }

    /** Texts without an order can't be asked for by time. */
    private void readOnce(Cluster cluster, Scan scan) throws SearchException, InterruptedException {
        String notFollowed = "; new documents are not followed, since " + TimeField.FIELD
                + " is a text without a .keyword that is in order of time";
        status.reading("reads " + settings.index() + " at " + cluster.name() + " once from start to end into " + sink.name() + notFollowed);
        if (scan.run(new Scan.Span(Long.MIN_VALUE, null), settings.slices(), inSpan(), _ -> {
        }) && positions.save(key, owner, new Position(clock.millis(), true))) {
            status.done(toItsEnd() + notFollowed);
            awaitEnd();
        }
    }

    private String toItsEnd() {
        return "read to its end" + (settings.to() == null ? "" : " before " + settings.to());
    }

    private void awaitEnd() throws InterruptedException {
        while (isWanted()) {
            Thread.sleep(SAVE_INTERVAL.toMillis());
        }
    }

    /** What is there now; returns whether it is all read and there is more to come. */
    private boolean readAll(Scan scan, Keeper keeper, Cluster cluster, SeenIds seen) throws SearchException, InterruptedException {
        Instant started = clock.instant();
        AtomicLong newest = new AtomicLong(Long.MIN_VALUE);
        boolean complete = scan.run(upTo(keeper.lookedBack()), settings.slices(), unseen(cluster.field(), seen, newest, new AtomicLong()),
                readTo -> {
                    keeper.swept(readTo == Long.MAX_VALUE ? newest.get() : readTo, started);
                    if (keeper.readTo() != Long.MIN_VALUE) {
                        status.readUpTo(Instant.ofEpochMilli(keeper.readTo()));
                    }
                });
        if (complete && isPast(started)) {
            keeper.finish();
            awaitEnd();
        }
        return complete && isWanted();
    }

    /** Whether nothing before the end of the span may become visible any more. */
    private boolean isPast(Instant now) {
        Instant to = settings.to();
        return to != null && to.plus(settings.lookback()).isBefore(now);
    }

    /** What becomes visible: what is new with every poll, and what came late with some. */
    private void follow(Scan scan, Keeper keeper, Cluster cluster, SeenIds seen) throws SearchException, InterruptedException {
        Duration sweepInterval = settings.lookback().dividedBy(SWEEPS_PER_LOOKBACK);
        Instant nextSweep = clock.instant();
        Instant nextOrderCheck = nextSweep;
        while (isWanted()) {
            Instant started = clock.instant();
            AtomicLong newest = new AtomicLong(keeper.readTo());
            AtomicLong timeless = new AtomicLong();
            if (!scan.run(upTo(keeper.newest()), 1, unseen(cluster.field(), seen, newest, timeless), _ -> {
            })) {
                return;
            }
            if (timeless.get() > 0 && !started.isBefore(nextOrderCheck)) {
                nextOrderCheck = started.plus(sweepInterval);
                if (scan.patiently(cluster::isOrderedOtherwise)) {
                    status.restarted("texts-of-another-form");
                    return;
                }
            }
            keeper.advance(newest.get(), started);
            status.readUpTo(started);
            boolean past = isPast(started);
            if (past || !started.isBefore(nextSweep)) {
                nextSweep = started.plus(sweepInterval);
                Instant sweepStarted = clock.instant();
                // A sweep may be long, and what is new waits for it.
                if (!scan.run(upTo(keeper.lookedBack()), settings.slices(), unseen(cluster.field(), seen, newest, new AtomicLong()), _ -> {
                })) {
                    return;
                }
                keeper.swept(newest.get(), sweepStarted);
                seen.forgetBefore(keeper.lookedBack());
            }
            if (past) {
                keeper.finish();
                awaitEnd();
            }
            Thread.sleep(settings.pollInterval().toMillis());
        }
    }

    /** Start of the span, {@link Long#MIN_VALUE} where it has none. */
    private long first() {
        return settings.from() == null ? Long.MIN_VALUE : settings.from().toEpochMilli();
    }

    private Scan.Span upTo(long from) {
        return new Scan.Span(from, settings.to() == null ? null : settings.to().toEpochMilli());
    }

    /** Lets through what was not handed on before, notes the newest time that it sees, and counts what has none. */
    private BiPredicate<SearchPage, SearchPage.Hit> unseen(TimeField field, SeenIds seen, AtomicLong newest, AtomicLong timeless) {
        long start = first();
        long end = end();
        BiPredicate<SearchPage, SearchPage.Hit> inSpan = inSpan();
        return (page, hit) -> {
            long time = field.epochMillis(hit.sort());
            if (time == Long.MIN_VALUE) {
                // Those of another form are found whatever the span.
                boolean unread = seen.add(time, hit.position());
                timeless.addAndGet(unread ? 1 : 0);
                return unread && inSpan.test(page, hit);
            }
            if (time < start || time >= end) {
                // Texts are asked for by whole minutes.
                return false;
            }
            newest.accumulateAndGet(time, Math::max);
            return seen.add(time, hit.position());
        };
    }

    /** End of the span, {@link Long#MAX_VALUE} where it has none. */
    private long end() {
        return settings.to() == null ? Long.MAX_VALUE : settings.to().toEpochMilli();
    }

    /** Documents that can't be read are in every span: they become dead letters. */
    private BiPredicate<SearchPage, SearchPage.Hit> inSpan() {
        DocumentParser parser = new DocumentParser(clock);
        long from = first();
        long to = end();
        return (page, hit) -> !(parser.parse(page.document(hit)) instanceof ParsedDocument.Usable usable)
                || (usable.document().createdDateTime() >= from && usable.document().createdDateTime() < to);
    }

    /** Keeps the position, not more often than it is worth. */
    private final class Keeper {
        private final AtomicLong progress;
        private final SeenIds seen;
        private final Settled settled;
        private long readTo;
        private long saved;
        private Instant nextSave = Instant.MIN;

        Keeper(long readTo, SeenIds seen, AtomicLong progress) {
            this.readTo = readTo;
            this.saved = readTo;
            this.seen = seen;
            this.progress = progress;
            this.settled = new Settled(settings.lookback(), readTo);
        }

        synchronized long readTo() {
            return readTo;
        }

        /** From where on documents may still become visible; what was handed on and forgotten is not looked through for them. */
        synchronized long lookedBack() {
            return Math.max(first(), settled.before(seen.rememberedFrom()));
        }

        /** From where on nearly all become visible that do next. */
        synchronized long newest() {
            return readTo == Long.MIN_VALUE ? first() : Math.max(lookedBack(), readTo - OVERLAP.toMillis());
        }

        /** Everything was read that was visible at an instant, from where documents may still become visible. */
        synchronized void swept(long newest, Instant started) {
            advance(newest, started);
            settled.swept(readTo, started);
        }

        /** What is new was read; documents of the future do not hide what comes until then. */
        synchronized void advance(long newest, Instant started) {
            progress.incrementAndGet();
            readTo = Math.max(readTo, Math.min(newest, started.toEpochMilli()));
            Instant now = clock.instant();
            settled.reached(readTo, now);
            if (!now.isBefore(nextSave)) {
                save();
                nextSave = now.plus(SAVE_INTERVAL);
            }
        }

        /** At the end, also of one that is interrupted: what is not kept is read again. */
        synchronized void keep() {
            boolean interrupted = Thread.interrupted();
            if (leased) {
                save();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        synchronized void finish() {
            save(readTo, true);
            status.done(toItsEnd());
        }

        /** Whoever goes on from there looks back as far as this one does. */
        private void save() {
            long position = Math.min(readTo, settled.position(seen.rememberedFrom()));
            if (position > saved) {
                save(position, false);
            }
        }

        private void save(long position, boolean done) {
            if (positions.save(key, owner, new Position(position, done))) {
                saved = position;
            } else {
                leased = false;
            }
        }
    }
}

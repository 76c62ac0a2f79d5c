package dev.doorstep.ingestservice.source;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * How a source is doing, as health, as metrics and in the log: one line when that changes, however often it is told. Thread-safe.
 */
public final class SourceStatus implements HealthIndicator {
    private static final Logger log = LoggerFactory.getLogger(SourceStatus.class);

    private final String source;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final Map<String, String> refusals = new TreeMap<>();
    private Shown own = new Shown(State.STARTING, "starting");
    private Shown shown = own;
    private boolean failed;
    private Instant readUpTo;

    private enum State {
        STARTING, READING, STANDBY, FAILING, DONE
    }

    private record Shown(State state, String line) {}

    /**
     * Creates the status of a source and its metrics {@code doorstep.ingest.source.up} and {@code doorstep.ingest.source.delay.seconds}.
     *
     * @param source name of the source
     */
    public SourceStatus(String source, MeterRegistry metrics, Clock clock) {
        this.source = source;
        this.metrics = metrics;
        this.clock = clock;
        this.readUpTo = clock.instant();
        Gauge.builder("doorstep.ingest.source.up", this, SourceStatus::up).description("0 while the source can't be read")
                .tag("source", source)
                .register(metrics);
        Gauge.builder("doorstep.ingest.source.delay.seconds", this, SourceStatus::delaySeconds)
                .description("age of what is read next from the source").tag("source", source).register(metrics);
    }

    /** A message without the line breaks that it may have. */
    public static String oneLine(String message) {
        return message.replaceAll("\\s+", " ");
    }

    /** It is being read; {@code what} says what of it. */
    public void reading(String what) {
        change(State.READING, what);
    }

    /** Another replica reads it; there is no delay of this one's. It counts as up unless it could not read when it last had its turn. */
    public void standby(String what) {
        change(State.STANDBY, what);
        readUpTo(clock.instant());
    }

    /** It was read to its end. */
    public void done(String what) {
        change(State.DONE, what);
    }

    /** It can't be read; {@code why} is one line that says what and where. */
    public void failing(String why) {
        change(State.FAILING, why);
    }

    /**
     * Something that the source needs is refused, whatever else is said of it, until that is over.
     *
     * @param part that refuses
     * @param why one line that says what and where; null once it does not refuse any more
     */
    public synchronized void refused(String part, @Nullable String why) {
        if (why == null) {
            refusals.remove(part);
        } else {
            refusals.put(part, why);
        }
        show();
    }

    /** Reading had to begin again somewhere, for one of a few reasons. */
    public void restarted(String reason) {
        metrics.counter("doorstep.ingest.source.restarts", "source", source, "reason", reason).increment();
    }

    /** Everything before this time has been read. */
    public synchronized void readUpTo(Instant time) {
        readUpTo = time;
    }

    @Override
    public synchronized Health health() {
        Health.Builder health = shown.state() == State.FAILING ? Health.down() : Health.up();
        return health.withDetail("source", source).withDetail("state", shown.state().name().toLowerCase(Locale.ROOT))
                .withDetail("line", shown.line()).withDetail("delaySeconds", delaySeconds()).build();
    }

    private synchronized double up() {
        return shown.state() == State.FAILING || (shown.state() == State.STANDBY && failed) ? 0 : 1;
    }

    private synchronized double delaySeconds() {
        return shown.state() == State.STANDBY || shown.state() == State.DONE
                ? 0
                : Math.max(0, Duration.between(readUpTo, clock.instant()).toMillis() / 1_000.0);
    }

    private synchronized void change(State state, String line) {
        failed = state == State.FAILING || (state == State.STANDBY && failed);
        own = new Shown(state, line);
        show();
    }

    private void show() {
        Shown next = refusals.isEmpty() ? own : new Shown(State.FAILING, refusals.values().iterator().next());
        if (next.equals(shown)) {
            return;
        }
        shown = next;
        if (next.state() == State.FAILING) {
            log.error("source {} can't be read, trying on: {}", source, next.line());
        } else {
            log.info("source {}: {}", source, next.line());
        }
    }
}

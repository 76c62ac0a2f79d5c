package dev.doorstep.localstack.drill;

import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Runs drills, one after the other, on one stack of its own. Not thread-safe. */
public final class DrillRunner implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration RUN_ON = Duration.ofSeconds(2);
    private static final int WARM_UP_EVENTS = 200;

    private final Disk disk;
    private final Stack stack;
    private final Census census;
    private final Scene scene;
    private final Clock clock = Clock.systemUTC();
    private int runs;

    private DrillRunner(Disk disk, Stack stack) {
        this.disk = disk;
        this.stack = stack;
        this.census = new Census(stack);
        this.scene = new Scene(stack, census, disk);
    }

    /**
     * Starts a stack whose parts can be made to fail.
     *
     * @param drills that are going to be run; the parts that their sources read are started too
     */
    public static DrillRunner start(Path root, Path data, int portOffset, List<String> drills) throws InterruptedException {
        Set<Source> sources = Drills.ALL.stream().filter(drill -> drills.contains(drill.name())).map(Drill::source)
                .filter(source -> source != Source.HTTP).filter(source -> source != Source.KINESIS || KinesisNode.missing() == null)
                .collect(Collectors.toSet());
        Disk disk = Disk.mount(data.resolve("disk"));
        try {
            return new DrillRunner(disk,
                    Stack.start(new StackSettings(root, data, true, portOffset, true, disk.folder(), sources, Map.of()), (_, _) -> {
                    }));
        } catch (RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Names and descriptions of all drills, in the order in which they are run. */
    public static List<String[]> all() {
        List<String[]> all = new ArrayList<>();
        Drills.ALL.forEach(drill -> all.add(new String[]{drill.name(), drill.description()}));
        all.add(new String[]{PromiseDrill.NAME, PromiseDrill.DESCRIPTION});
        return all;
    }

    /** The names of those whose documents come over HTTP and that are short enough to be run with the tests. */
    static List<String> brief() {
        return Stream.concat(Drills.ALL.stream().filter(Drill::brief).filter(drill -> drill.source() == Source.HTTP).map(Drill::name),
                Stream.of(PromiseDrill.NAME)).toList();
    }

    /** The names of those whose documents are read from a source and that are run with the tests. */
    static List<String> briefOfSources() {
        return Drills.ALL.stream().filter(Drill::brief).filter(drill -> drill.source() != Source.HTTP).map(Drill::name).toList();
    }

    /**
     * Runs a drill.
     *
     * @throws IllegalArgumentException when there is none of that name
     * @throws Exception when the drill can't be run to its end, which says nothing about what is lost
     */
    public Result run(String name) throws Exception {
        String prefix = "d" + ++runs + "-" + Long.toString(clock.millis(), 36) + "-";
        if (name.equals(PromiseDrill.NAME)) {
            return new PromiseDrill(scene, prefix).run();
        }
        Drill drill = Drills.ALL.stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no drill " + name));
        String obstacle = drill.obstacle().reason(scene);
        return obstacle == null ? run(drill, prefix) : Result.skipped(name, obstacle);
    }

    private Result run(Drill drill, String prefix) throws Exception {
        Instant since = clock.instant();
        long duplicates = census.duplicates();
        Recovery recovery = new Recovery();
        JsonNode before = scene.ledger().path("sources");
        try (Traffic traffic = new Traffic(stack.outlet(drill.source()), prefix)) {
            scene.begin(traffic, () -> recovery.begin(traffic));
            traffic.start();
            scene.await("events flow", () -> census.inSessions(traffic) >= WARM_UP_EVENTS);
            drill.fault().happen(scene);
            scene.during(RUN_ON);
            traffic.stop();
            double seconds = recovery.seconds();
            return settled(drill, traffic, before, duplicates, since, seconds);
        }
    }

    /** Counts once nothing is in flight any more, or after a time that shows that something is missing. */
    private Result settled(Drill drill, Traffic traffic, JsonNode before, long duplicates, Instant since, double seconds)
            throws InterruptedException, ExecutionException, IOException {
        long good = traffic.acknowledgedGood();
        boolean arrived = scene.holds(
                () -> census.inSessions(traffic) >= good && scene.ledger().path("total").path("inFlight").asLong() == 0, PATIENCE);
        scene.holds(() -> allLetters(drill, traffic, since), arrived ? PATIENCE : Duration.ofSeconds(1));
        JsonNode whole = scene.ledger();
        JsonNode ledger = whole.path("total");
        Result counted = census.count(drill.name(), traffic, taken(drill, traffic, before, whole.path("sources")), duplicates,
                ledger.path("inFlight").asLong(), since, seconds);
        // The ledger must have seen what the census sees.
        return new Result(counted.drill(), counted.sent(), counted.applied(), counted.duplicate(), counted.rejected(),
                counted.deadLettered(), counted.inFlight(), Math.max(counted.lost(), ledger.path("lost").asLong()),
                Math.max(counted.doubled(), ledger.path("doubled").asLong()), counted.recoverySeconds(), null);
    }

    /** Over HTTP each document that can't be used is a letter of its own; a source gives it the same place each time that it is read. */
    private boolean allLetters(Drill drill, Traffic traffic, Instant since) {
        Map<String, Long> letters = census.deadLetters(traffic, since);
        return drill.source() == Source.HTTP
                ? letters.values().stream().mapToLong(Long::longValue).sum() >= traffic.acknowledgedBad()
                : letters.size() >= traffic.acknowledgedBadOnce();
    }

    private static Census.Taken taken(Drill drill, Traffic traffic, JsonNode before, JsonNode after) {
        if (drill.source() == Source.HTTP) {
            return new Census.Taken(traffic.sent(), traffic.notAcknowledged(), null);
        }
        ToLongFunction<String> since = name -> after.path(traffic.source()).path(name).asLong()
                - before.path(traffic.source()).path(name).asLong();
        return new Census.Taken(since.applyAsLong("received"), since.applyAsLong("rejected"), since.applyAsLong("deadLettered"));
    }

    /** Watches how long it takes until what was acknowledged when the fault ended, and some of what came after, is in the store. */
    private final class Recovery {
        private CompletableFuture<Double> done = CompletableFuture.completedFuture(0.0);

        void begin(Traffic traffic) {
            long good = traffic.acknowledgedGood() + Traffic.BATCH;
            long healed = System.nanoTime();
            CompletableFuture<Double> next = new CompletableFuture<>();
            done = next;
            Thread.ofVirtual().name("recovery").start(() -> {
                try {
                    boolean recovered = scene.holds(() -> census.inSessions(traffic) >= good, PATIENCE);
                    next.complete(recovered ? Math.round((System.nanoTime() - healed) / 1e8) / 10.0 : PATIENCE.toSeconds());
                } catch (InterruptedException e) {
                    next.completeExceptionally(e);
                }
            });
        }

        double seconds() throws ExecutionException, InterruptedException {
            return done.get();
        }
    }

    Stack stack() {
        return stack;
    }

    Census census() {
        return census;
    }

    @Override
    public void close() {
        census.close();
        stack.close();
        disk.close();
    }
}

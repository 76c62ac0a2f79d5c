package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.commonmodel.document.Refusal;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.error.ErrorType;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.Replay;
import dev.doorstep.featurestore.ReplayStore;
import dev.doorstep.featurestore.StoredLetter;
import dev.doorstep.ingestservice.intake.Receipt;
import dev.doorstep.servicekit.work.Repeating;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Works on replays, page by page and in the order in which the letters were received. A replay belongs to whoever has its lease; after a
 * crash another process, or the same one, goes on with the page that was not finished. Thread-safe.
 */
@Component
class Replays implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Replays.class);
    private static final int PAGE = 100;

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final ReplayStore replays;
    private final DeadLetterStore letters;
    private final Repairs repairs;
    private final Clock clock;
    private final String owner = UUID.randomUUID().toString();
    private final Repeating looks = new Repeating("replays", "replays wait", LOOK, LOOK, this::look);

    Replays(ReplayStore replays, DeadLetterStore letters, Repairs repairs, Clock clock) {
        this.replays = replays;
        this.letters = letters;
        this.repairs = repairs;
        this.clock = clock;
    }

    @Override
    public void start() {
        looks.start();
    }

    @Override
    public void stop() {
        looks.stop();
    }

    @Override
    public boolean isRunning() {
        return looks.isRunning();
    }

    private void look() {
        replays.running().forEach(this::work);
    }

    private void work(Replay replay) {
        try {
            Replay next = replay;
            while (isRunning() && next.state() == Replay.State.RUNNING && replays.claim(next.replayId(), owner, LEASE)) {
                next = page(next);
                if (!replays.save(next, owner)) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            // One that can't go on must not keep the others waiting.
            log.warn("replay {} waits: {}", replay.replayId(), e.toString());
        }
    }

    private Replay page(Replay replay) {
        Page page = letters(replay);
        Map<String, Long> refused = new HashMap<>(replay.refused());
        long replayed = 0;
        long incomplete = 0;
        List<Sent> sent = new ArrayList<>();
        for (StoredLetter letter : page.letters()) {
            Refusal refusal = null;
            try {
                byte[] document = repairs.document(letter);
                if (document == null) {
                    incomplete++;
                } else if (replay.dryRun()) {
                    refusal = repairs.check(letter, document);
                    replayed += refusal == null ? 1 : 0;
                } else if (letters.replaying(letter.id(), replay.replayId())) {
                    sent.add(new Sent(letter, repairs.replay(letter, document)));
                }
            } catch (DoorstepException e) {
                if (e.code().type() == ErrorType.CAPACITY) {
                    throw e;
                }
                refusal = Refusal.of(e);
            } catch (IllegalStateException e) {
                refusal = new Refusal(ErrorCode.INTERNAL, null, null, String.valueOf(e.getMessage()));
            }
            if (refusal != null) {
                refused.merge(refusal.code().name(), 1L, Long::sum);
                if (!replay.dryRun()) {
                    letters.failed(letter.id(), refusal.code(), refusal.field());
                }
            }
        }
        for (Sent each : sent) {
            Receipt receipt = each.receipt().join();
            if (receipt.status() == Receipt.Status.UNAVAILABLE) {
                throw new DoorstepException(ErrorCode.BROKER_UNAVAILABLE, "Kafka does not take the letters of " + replay.replayId());
            }
        }
        for (Sent each : sent) {
            Receipt receipt = each.receipt().join();
            if (receipt.reason() == null) {
                letters.replayed(each.letter().id(), replay.replayId());
                replayed++;
            } else {
                letters.failed(each.letter().id(), receipt.reason(), receipt.field());
                refused.merge(receipt.reason().name(), 1L, Long::sum);
            }
        }
        Replay after = new Replay(replay.replayId(), replay.createdAt(), clock.instant(), replay.ids(), replay.filter(), replay.dryRun(),
                page.next() == null ? Replay.State.DONE : Replay.State.RUNNING, page.next(), replay.matched() + page.letters().size(),
                replay.replayed() + replayed, refused, replay.incomplete() + incomplete);
        log.info("replay {}: {} letters looked at, {}", after.replayId(), after.matched(), after.state());
        return after;
    }

    private record Sent(StoredLetter letter, CompletableFuture<Receipt> receipt) {}

    private record Page(List<StoredLetter> letters, @Nullable String next) {}

    private Page letters(Replay replay) {
        if (replay.ids().isEmpty()) {
            DeadLetterStore.Page page = letters.list(replay.filter(), replay.cursor(), PAGE);
            return new Page(page.letters(), page.next());
        }
        List<StoredLetter> all = replay.ids().stream().map(letters::find).filter(Objects::nonNull)
                .sorted(Comparator.comparing(StoredLetter::receivedAt).thenComparing(StoredLetter::id)).toList();
        int from = replay.cursor() == null ? 0 : Integer.parseInt(replay.cursor());
        int to = Math.min(all.size(), from + PAGE);
        return new Page(all.subList(Math.min(from, to), to), to < all.size() ? Integer.toString(to) : null);
    }

    /** The statuses of letters that a replay takes by filter: those that nobody has replayed, and on request those that failed. */
    static Set<StoredLetter.Status> statuses(boolean failedToo) {
        Set<StoredLetter.Status> statuses = Set.of(StoredLetter.Status.OPEN, StoredLetter.Status.REPAIRED, StoredLetter.Status.REPLAYING);
        if (!failedToo) {
            return statuses;
        }
        return Set.of(StoredLetter.Status.OPEN, StoredLetter.Status.REPAIRED, StoredLetter.Status.REPLAYING, StoredLetter.Status.FAILED);
    }
}

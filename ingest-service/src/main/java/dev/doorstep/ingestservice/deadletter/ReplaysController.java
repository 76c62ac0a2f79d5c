package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.featurestore.LetterFilter;
import dev.doorstep.featurestore.Replay;
import dev.doorstep.featurestore.ReplayStore;
import dev.doorstep.servicekit.operator.OperatorController;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** Starts, shows and stops replays of dead letters. */
@OperatorController
class ReplaysController {
    private static final int SHOWN = 50;
    private static final int LONGEST_ID = 64;

    private final ReplayStore replays;
    private final Clock clock;

    ReplaysController(ReplayStore replays, Clock clock) {
        this.replays = replays;
        this.clock = clock;
    }

    /** The latest replays, the last one first. */
    record Listed(List<Replay> replays) {}

    @PostMapping("/v1/dead-letters/replays")
    ResponseEntity<Replay> replay(@Valid @RequestBody ReplayRequest request) {
        List<String> ids = request.ids() == null ? List.of() : request.ids();
        if (ids.isEmpty() && !request.hasCondition()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "body",
                    "body names neither ids nor any of reason, source, stage, field, from and to");
        }
        if (!ids.isEmpty() && request.hasCondition()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "ids", "ids and conditions exclude each other");
        }
        Instant now = clock.instant();
        LetterFilter filter = DeadLettersController
                .filter(request.reason(), request.source(), request.stage(), request.field(), request.from(), request.to(), null)
                .with(Replays.statuses(Boolean.TRUE.equals(request.includeFailed())), now.toEpochMilli() + 1);
        // Ids sort by time.
        String id = "%013d-%s".formatted(now.toEpochMilli(), UUID.randomUUID().toString().substring(0, 8));
        Replay replay = new Replay(id, now, now, ids, filter, Boolean.TRUE.equals(request.dryRun()), Replay.State.RUNNING, null, 0, 0,
                Map.of(), 0);
        replays.create(replay);
        return ResponseEntity.accepted().location(URI.create("/v1/dead-letters/replays/" + id)).body(replay);
    }

    @GetMapping("/v1/dead-letters/replays")
    Listed replays() {
        return new Listed(replays.latest(SHOWN));
    }

    @GetMapping("/v1/dead-letters/replays/{id}")
    Replay replay(@PathVariable String id) {
        Replay replay = id.length() > LONGEST_ID ? null : replays.find(id);
        if (replay == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "id", "no replay " + DoorstepException.shown(id));
        }
        return replay;
    }

    @PostMapping("/v1/dead-letters/replays/{id}/stop")
    Replay stop(@PathVariable String id) {
        replays.stop(replay(id));
        return replay(id);
    }
}

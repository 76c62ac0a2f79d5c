package dev.doorstep.predictionservice.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.registry.Step;
import dev.doorstep.predictionservice.registry.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final ModelRef A = new ModelRef("1.0.0", "a");
    private static final ModelRef B = new ModelRef("1.1.0", "b");
    private static final ModelRef C = new ModelRef("1.2.0", "c");
    private static final Serving FIRST = Serving.first(A, NOW);

    @Test
    void rollbackAskedForTwice_takesBackOneThing() {
        // 1. B is active and settled, A is the last good one, C is a canary.
        Serving serving = canary(settled(FIRST, B), "c", C);
        // 2. Automation takes C back while the operator, who saw C, asks for the same.
        Serving automated = Transitions.fail(serving, "c", "errors", NOW);
        Serving again = Transitions.rollBack(automated, serving, null, "bad", NOW);
        assertThat(again).isEqualTo(automated);
        assertThat(again.active()).isEqualTo(B);
        // 3. Who sees no candidate means the active model.
        Serving back = Transitions.rollBack(automated, automated, null, "bad", NOW);
        assertThat(back.active()).isEqualTo(A);
        assertThat(back.blocked()).containsKeys("1.1.0", "1.2.0");
        // 4. Then there is nothing left to go back to, and whoever asks is told so.
        assertThatThrownBy(() -> Transitions.rollBack(back, back, null, "bad", NOW)).hasMessageContaining("no model to go back to");
    }

    @Test
    void promotedByTwoAtOnce_isPromotedOnce() {
        Serving serving = canary(FIRST, "b", B);
        Rollout seen = serving.rollouts().getFirst();
        Serving once = Transitions.promote(serving, seen, false, NOW);
        assertThat(once.rollouts().getFirst().step()).isEqualTo(1);
        assertThatThrownBy(() -> Transitions.promote(once, seen, false, NOW)).hasMessageContaining("someone else was faster");
    }

    @Test
    void activeModelThatChanges_endsWhatWasComparedWithIt() {
        Serving serving = canary(FIRST, "b", B);
        Rollout shadow = new Rollout("s", C, A, Strategy.SHADOW, List.of(), Rollout.State.PREPARING, 0, NOW);
        serving = Transitions.prepared(Transitions.start(serving, shadow), "s", NOW);
        Rollout seen = serving.rollouts().getLast();
        Serving both = serving;
        assertThatThrownBy(() -> Transitions.promote(both, seen, true, NOW)).hasMessageContaining("1.1.0 is on its way already");
        Serving promoted = Transitions.promote(serving, serving.rollouts().getFirst(), true, NOW);
        assertThat(promoted.active()).isEqualTo(B);
        assertThat(promoted.rollouts()).hasSize(1);
        assertThat(promoted.ended()).extracting(Rollout::rolloutId, Rollout::state)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("s", Rollout.State.ABORTED));
    }

    @Test
    void rollbackTo_neverGoesToWhatIsBlockedOrOnTrial() {
        Serving serving = canary(settled(FIRST, B), "c", C);
        assertThatThrownBy(() -> Transitions.rollBack(serving, serving, C, "x", NOW)).hasMessageContaining("is on trial");
        Serving blocked = serving.withBlocked("1.0.0", "bad");
        assertThatThrownBy(() -> Transitions.rollBack(blocked, blocked, A, "x", NOW)).hasMessageContaining("was taken back itself");
        Serving to = Transitions.rollBack(serving, serving, A, "x", NOW);
        assertThat(to.active()).isEqualTo(A);
        assertThat(to.rollouts()).isEmpty();
    }

    @Test
    void rollbackTo_goesToTheLastGoodModel_thoughItIsOnTrialAgain() {
        Serving settled = settled(FIRST, B);
        Rollout shadow = new Rollout("s", A, B, Strategy.SHADOW, List.of(), Rollout.State.PREPARING, 0, NOW);
        Serving preparing = Transitions.start(settled, rollout("a", A, B));
        Serving shadowed = Transitions.start(settled, shadow);
        for (Serving serving : List.of(canary(settled, "a", A), preparing, shadowed)) {
            assertLastGood(Transitions.rollBack(serving, serving, A, "bad", NOW));
        }
        // What answers some customers would go first where nobody says where to.
        for (Serving serving : List.of(preparing, shadowed)) {
            assertLastGood(Transitions.rollBack(serving, serving, null, "bad", NOW));
        }
    }

    private static void assertLastGood(Serving back) {
        assertThat(back.active()).isEqualTo(A);
        assertThat(back.rollouts()).isEmpty();
        assertThat(back.ended()).extracting(Rollout::state).endsWith(Rollout.State.ABORTED).doesNotContain(Rollout.State.ROLLED_BACK);
        assertThat(back.blocked()).containsOnlyKeys("1.1.0");
    }

    @Test
    void rollback_meansWhatAnswers_notWhatReplicasStillLoad() {
        // 1. B answers everybody, for good or until its orders are known; C is being loaded.
        Serving canary = canary(FIRST, "b", B);
        Serving provisional = Transitions.promote(canary, canary.rollouts().getFirst(), true, NOW);
        for (Serving serving : List.of(settled(FIRST, B), provisional)) {
            Serving preparing = Transitions.start(serving, rollout("c", C, B));
            Serving back = Transitions.rollBack(preparing, preparing, null, "bad", NOW);
            assertThat(back.active()).isEqualTo(A);
            assertThat(back.rollouts()).isEmpty();
            assertThat(back.blocked()).containsOnlyKeys("1.1.0");
            assertThat(Transitions.rollBack(preparing, preparing, A, "bad", NOW).isSame(back)).isTrue();
        }
        // 2. Where nothing answered before, what would answer next goes.
        Serving first = Transitions.start(FIRST, rollout("c", C, A));
        Serving kept = Transitions.rollBack(first, first, null, "bad", NOW);
        assertThat(kept.active()).isEqualTo(A);
        assertThat(kept.rollouts()).isEmpty();
        assertThat(kept.blocked()).isEmpty();
    }

    @Test
    void rollback_endsACandidateInEveryStateInWhichItAnswers() {
        Serving canary = canary(FIRST, "b", B);
        for (Serving serving : List.of(canary, Transitions.pause(canary, "b", NOW),
                Transitions.promote(canary, canary.rollouts().getFirst(), true, NOW))) {
            for (ModelRef to : Arrays.asList(A, null)) {
                Serving back = Transitions.rollBack(serving, serving, to, "bad", NOW);
                assertThat(back.active()).isEqualTo(A);
                assertThat(back.rollouts()).isEmpty();
                assertThat(back.ended()).extracting(Rollout::state).containsExactly(Rollout.State.ROLLED_BACK);
                assertThat(back.blocked()).containsOnlyKeys("1.1.0");
                assertThat(Transitions.rollBack(back, serving, to, "bad", NOW)).isEqualTo(back);
            }
        }
    }

    @Test
    void abort_worksInEveryState_andTwice() {
        Serving canary = canary(FIRST, "b", B);
        for (Serving serving : List.of(Transitions.start(FIRST, rollout("b", B, A)), canary, Transitions.pause(canary, "b", NOW),
                Transitions.promote(canary, canary.rollouts().getFirst(), true, NOW))) {
            Serving aborted = Transitions.abort(serving, "b", NOW);
            assertThat(aborted.active()).isEqualTo(A);
            assertThat(aborted.rollouts()).isEmpty();
            assertThat(aborted.blocked()).isEmpty();
            assertThat(Transitions.abort(aborted, "b", NOW)).isEqualTo(aborted);
        }
    }

    private static Rollout rollout(String id, ModelRef candidate, ModelRef baseline) {
        List<Step> steps = List.of(new Step(5, Duration.ZERO), new Step(25, Duration.ZERO), new Step(50, Duration.ZERO));
        return new Rollout(id, candidate, baseline, Strategy.CANARY, steps, Rollout.State.PREPARING, 0, NOW);
    }

    private static Serving canary(Serving serving, String id, ModelRef candidate) {
        return Transitions.prepared(Transitions.start(serving, rollout(id, candidate, serving.active())), id, NOW);
    }

    private static Serving settled(Serving serving, ModelRef next) {
        Serving canary = canary(serving, "settled", next);
        return Transitions.settle(Transitions.promote(canary, canary.rollouts().getFirst(), true, NOW), "settled");
    }
}

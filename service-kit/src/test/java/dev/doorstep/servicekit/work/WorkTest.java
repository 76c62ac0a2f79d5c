package dev.doorstep.servicekit.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class WorkTest {
    @Test
    void queue_takesWhatItHasRoomFor_andGivesBackWhatWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        BackgroundQueue<Integer> queue = new BackgroundQueue<>("queue", 2, _ -> {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(queue.isRunning()).isFalse();
        queue.start();
        assertThat(queue.offer(1)).isTrue();
        begun.await();
        assertThat(queue.offer(2)).isTrue();
        assertThat(queue.offer(3)).isTrue();
        assertThat(queue.offer(4)).as("two wait").isFalse();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.stop()).containsExactly(2, 3);
        assertThat(queue.isRunning()).isFalse();
    }

    @Test
    void queue_itemThatFails_doesNotKeepTheNextOneWaiting() {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        BackgroundQueue<Integer> queue = new BackgroundQueue<>("queue", 10, item -> {
            if (item == 1) {
                throw new IllegalStateException("no");
            }
            if (item == 2) {
                throw new StackOverflowError();
            }
            done.add(item);
        });
        queue.start();
        queue.offer(1);
        queue.offer(2);
        queue.offer(3);
        await().untilAsserted(() -> assertThat(done).containsExactly(3));
        queue.stop();
    }

    @Test
    void repeating_startedAgain_goesOnOneTimeAtOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger times = new AtomicInteger();
        Repeating repeating = new Repeating("work", "work waits", Duration.ZERO, Duration.ofMillis(1), () -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            begun.countDown();
            goOn.await();
            times.incrementAndGet();
            atOnce.decrementAndGet();
        });
        repeating.start();
        begun.await();
        repeating.stop();
        assertThat(repeating.isRunning()).isFalse();
        repeating.start();
        assertThat(repeating.isRunning()).isTrue();
        goOn.countDown();
        await().until(() -> times.get() > 3);
        assertThat(most.get()).isEqualTo(1);
        repeating.stopNow();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void repeating_failureThatStaysTheSame_isOneLine_andTheNextTryComes(CapturedOutput output) {
        AtomicInteger tries = new AtomicInteger();
        Repeating repeating = new Repeating("again", "it waits", Duration.ZERO, Duration.ofMillis(1), () -> {
            int number = tries.incrementAndGet();
            if (number <= 5 || number > 6) {
                throw new IllegalStateException(number <= 5 ? "away" : "away again");
            }
        });
        repeating.start();
        await().untilAsserted(() -> assertThat(tries).hasValueGreaterThan(20));
        assertThat(repeating.isRunning()).isTrue();
        repeating.stopNow();
        assertThat(repeating.isRunning()).isFalse();
        assertThat(output.getAll().lines().filter(line -> line.contains("it waits, trying on: "))).hasSize(2);
    }
}

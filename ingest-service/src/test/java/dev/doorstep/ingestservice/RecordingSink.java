package dev.doorstep.ingestservice;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Counts what it is given; hands it on to nobody. Can be made to wait. */
public final class RecordingSink implements DocumentSink {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final Semaphore pages;

    /**
     * Creates one.
     *
     * @param pages how many pages it takes before it waits for {@link #allow}
     */
    public RecordingSink(int pages) {
        this.pages = new Semaphore(pages);
    }

    @Override
    public String name() {
        return "a test";
    }

    @Override
    public boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier wanted) throws InterruptedException {
        pages.acquire();
        documents.forEach(each -> {
            counts.merge(each.position(), 1, Integer::sum);
            synchronized (texts) {
                texts.add(new String(each.array(), each.offset(), each.length(), StandardCharsets.UTF_8));
            }
        });
        return true;
    }

    /** Whether someone waits to hand something on. */
    public boolean isWaitedFor() {
        return pages.hasQueuedThreads();
    }

    /** How many threads wait to hand something on. */
    public int waiting() {
        return pages.getQueueLength();
    }

    public void allow(int more) {
        pages.release(more);
    }

    public Map<String, Integer> counts() {
        return counts;
    }

    public List<String> texts() {
        synchronized (texts) {
            return List.copyOf(texts);
        }
    }
}

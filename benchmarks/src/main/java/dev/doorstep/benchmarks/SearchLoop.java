package dev.doorstep.benchmarks;

import dev.doorstep.localparts.OpenSearchNode;
import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Documents per second from an OpenSearch node to Kafka's acknowledgement, beside the bare loop that asks for the same pages of the same
 * slices and looks at nothing but the place to go on from.
 */
final class SearchLoop implements Main.Benchmark {
    private static final int DOCUMENTS = 1_000_000;
    private static final int PER_BULK = 5_000;
    private static final int SLICES = 4;
    private static final int PAGE = 1_000;
    private static final String INDEX = "clickstream";

    @Override
    public void run(Figures figures) throws Exception {
        try (Stack stack = BenchmarkStack.start(Source.ELASTICSEARCH); Outlet index = stack.outlet(Source.ELASTICSEARCH)) {
            stack.process(Service.FEATURE).close();
            stack.process(Service.PREDICTION).close();
            stack.process(Service.INGEST).close();
            fill(index);
            OpenSearchNode node = stack.sources().openSearch();
            double[] bare = {loop(node), loop(node), loop(node)};
            stack.restart(Service.INGEST, Map.of("DOORSTEP_INGEST_ELASTICSEARCH_PAGESIZE", Integer.toString(PAGE),
                    "DOORSTEP_INGEST_ELASTICSEARCH_SLICES", Integer.toString(SLICES)));
            double source = source(stack);
            figures.value("documents", source, "documents/s");
            figures.value("search-loop", Figures.median(bare), "documents/s");
            figures.ratio(source / Figures.median(bare), "search-loop");
        }
    }

    private static void fill(Outlet index) throws Exception {
        for (int from = 0; from < DOCUMENTS; from += PER_BULK) {
            List<byte[]> documents = new ArrayList<>();
            for (int i = from; i < from + PER_BULK; i++) {
                documents.add(SampleDocument.of("d-" + i, "s" + i % 1_000).replace("1731880381293", Long.toString(1731880381293L + i * 10L))
                        .getBytes(StandardCharsets.UTF_8));
            }
            if (index.send(documents).cardinality() < PER_BULK) {
                throw new IllegalStateException("not all documents were indexed");
            }
        }
    }

    private static double loop(OpenSearchNode node) throws Exception {
        node.ask("POST", "/" + INDEX + "/_refresh", "");
        String pit = between(node.ask("POST", "/" + INDEX + "/_search/point_in_time?keep_alive=1m", ""), "\"pit_id\":\"", "\"");
        long started = System.nanoTime();
        long documents = 0;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> slices = new ArrayList<>();
            for (int i = 0; i < SLICES; i++) {
                int slice = i;
                slices.add(executor.submit(() -> slice(node, pit, slice)));
            }
            for (Future<Long> slice : slices) {
                documents += slice.get();
            }
        }
        if (documents != DOCUMENTS) {
            throw new IllegalStateException("the loop found " + documents + " documents");
        }
        return documents * 1e9 / (System.nanoTime() - started);
    }

    private static long slice(OpenSearchNode node, String pit, int slice) throws Exception {
        long documents = 0;
        String after = "";
        while (true) {
            String page = node.ask("POST", "/_search?allow_partial_search_results=false", "{\"size\":" + PAGE
                    + ",\"track_total_hits\":false,\"pit\":{\"id\":\"" + pit + "\",\"keep_alive\":\"1m\"},\"slice\":{\"id\":" + slice
                    + ",\"max\":" + SLICES + "},\"query\":{\"exists\":{\"field\":\"createdDateTime\"}},"
                    + "\"sort\":[{\"createdDateTime\":\"asc\"},{\"_shard_doc\":\"asc\"}]" + after + "}");
            int last = page.lastIndexOf("\"sort\":[");
            if (last < 0) {
                return documents;
            }
            int place = page.indexOf("\"sort\":[");
            for (; place >= 0; place = page.indexOf("\"sort\":[", place + 1)) {
                documents++;
            }
            after = ",\"search_after\":[" + page.substring(last + 8, page.indexOf(']', last)) + "]";
        }
    }

    /** Between the first two thirds, in which the service gets warm, and the last tenth. */
    private static double source(Stack stack) throws Exception {
        Ledger ledger = new Ledger(stack);
        long first = await(ledger, DOCUMENTS * 2L / 3);
        long started = System.nanoTime();
        long last = await(ledger, DOCUMENTS * 9L / 10);
        return (last - first) * 1e9 / (System.nanoTime() - started);
    }

    private static long await(Ledger ledger, long documents) throws Exception {
        long received = ledger.counted("elasticsearch");
        while (received < documents) {
            TimeUnit.MILLISECONDS.sleep(250);
            received = ledger.counted("elasticsearch");
        }
        return received;
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}

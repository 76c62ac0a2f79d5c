package dev.doorstep.localopensearch;

import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** Runs one OpenSearch node: {@code OpenSearchMain DATA_DIRECTORY PORT}. */
final class OpenSearchMain {
    private OpenSearchMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        OpenSearchRunner runner = new OpenSearchRunner();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (java.io.IOException _) {
                // What it has acknowledged is in its translog.
            }
            ended.countDown();
        }));
        runner.onBuild((_, settings) -> {
            settings.put("http.port", arguments[1]);
            settings.put("network.host", "127.0.0.1");
            settings.put("discovery.type", "single-node");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        }).build(OpenSearchRunner.newConfigs().basePath(arguments[0]).clusterName("doorstep").numOfNode(1));
        ended.await();
    }
}

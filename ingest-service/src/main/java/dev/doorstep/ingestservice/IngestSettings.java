package dev.doorstep.ingestservice;

import dev.doorstep.commonmodel.document.DocumentLimits;
import dev.doorstep.commonmodel.settings.Bounds;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings under {@code doorstep.ingest}.
 *
 * @param documentLimit longest document, 1 KB to 16 MB; default 512 KB
 * @param bodyLimit longest body after decompression, at least one document; default 1 GB
 * @param documentsPerBody most documents of one HTTP body, 1 to 100,000,000; the rest is left unread and must be sent again; default
 *     1,000,000
 * @param concurrentBodies bodies and files read at once, 1 to 10,000; one more is answered 503; default 64
 * @param window documents of one body that may wait for Kafka's acknowledgement, 1 to 100,000; default 2,000
 * @param partitions partitions of each topic that is created here, 1 to 1,000; default 4
 * @param replicas copies of each partition, 1 to 10; default 1, in production 3
 * @param eventRetention how long {@code clickstream.events} keeps records, at most the dedupe horizon; default 14 days
  * @param buffer bytes of records that may wait for Kafka, 1 MB to 1 GB; while it is full, bodies are read no further; default 64 MB
 * @param instance name of this replica, as its Kafka transactions carry it: no two replicas may share it, and one that starts again as
 *     itself ends the transaction that it left open; default host name and port
 * @param reconcileInterval time between two looks at whether the ledger balances, 1 s to 1 h; default 10 s
 * @param file the file source
 */
@ConfigurationProperties("doorstep.ingest")
public record IngestSettings(@DefaultValue("512KB") DataSize documentLimit, @DefaultValue("1GB") DataSize bodyLimit,
        @DefaultValue("1000000") int documentsPerBody, @DefaultValue("64") int concurrentBodies, @DefaultValue("2000") int window,
        @DefaultValue("4") int partitions,
        @DefaultValue("1") int replicas, @DefaultValue("14d") Duration eventRetention, @DefaultValue("64MB") DataSize buffer,
        @DefaultValue("ingest-service") String instance, @DefaultValue("10s") Duration reconcileInterval, @DefaultValue File file) {

    /**
     * The file source; off while there is no path.
     *
     * @param path a file, or a folder whose files are read in the order of their names
     * @param stateDirectory where the list of files that are done is kept; default beside the path
     * @param scanInterval time between two looks at the path, 100 ms to 1 hour; default 5 s
     */
    public record File(@Nullable Path path, @Nullable Path stateDirectory, @DefaultValue("5s") Duration scanInterval) {
        public File {
            if (scanInterval.compareTo(Duration.ofMillis(100)) < 0 || scanInterval.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("doorstep.ingest.file.scan-interval must lie between 100 ms and 1 h: " + scanInterval);
            }
            if (path == null && stateDirectory != null) {
                throw new IllegalArgumentException(
                        "doorstep.ingest.file.state-directory is set, but doorstep.ingest.file.path is not");
            }
        }
    }

    public IngestSettings {
        Bounds.require("doorstep.ingest.concurrent-bodies", concurrentBodies, 1, 10_000);
        Bounds.require("doorstep.ingest.documents-per-body", documentsPerBody, 1, 100_000_000);
        Bounds.require("doorstep.ingest.window", window, 1, 100_000);
        Bounds.require("doorstep.ingest.partitions", partitions, 1, 1_000);
        Bounds.require("doorstep.ingest.replicas", replicas, 1, 10);
        limits(documentLimit, bodyLimit);
        if (buffer.toMegabytes() < 1 || buffer.toMegabytes() > 1024) {
            throw new IllegalArgumentException("doorstep.ingest.buffer must lie between 1 MB and 1 GB: " + buffer);
        }
        if (reconcileInterval.compareTo(Duration.ofSeconds(1)) < 0 || reconcileInterval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("doorstep.ingest.reconcile-interval must lie between 1 s and 1 h: " + reconcileInterval);
        }
    }

    /** The limits as the document reader takes them. */
    public DocumentLimits limits() {
        return limits(documentLimit, bodyLimit);
    }

    private static DocumentLimits limits(DataSize document, DataSize body) {
        return new DocumentLimits(Math.toIntExact(document.toBytes()), body.toBytes());
    }
}

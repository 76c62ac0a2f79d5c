package dev.doorstep.localstack.outlet;

import dev.doorstep.commonmodel.document.DocumentLimits;
import dev.doorstep.commonmodel.document.DocumentReader;
import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.localstack.CallersFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Sends the documents of a file on one of the ways to ingest-service. */
@CommandLine.Command(name = "send", description = "Sends the documents of a file (array, NDJSON or search response; plain, gzip or zstd) to "
        + "ingest-service, or to a stream or topic that it reads.", mixinStandardHelpOptions = true)
public final class SendCommand implements Callable<Integer> {
    private static final int BATCH = 400;
    private static final int BATCH_BYTES = 3 << 20;

    private enum To {
        http, kafka, kinesis
    }

    @CommandLine.Parameters(paramLabel = "FILE", description = "The documents.")
    private Path file = Path.of("");

    @CommandLine.Option(names = "--to", required = true, description = "${COMPLETION-CANDIDATES}")
    private To to = To.http;

    @CommandLine.Option(names = "--url", description = "Of ingest-service (default: ${DEFAULT-VALUE}).", defaultValue = "http://localhost:8081")
    private String url = "";

    @CommandLine.Option(names = "--bootstrap-servers", description = "Of Kafka (default: ${DEFAULT-VALUE}).", defaultValue = "localhost:9092")
    private String bootstrapServers = "";

    @CommandLine.Option(names = "--topic", description = "As in doorstep.ingest.kafka.topic (default: ${DEFAULT-VALUE}).", defaultValue = "clickstream.documents")
    private String topic = "";

    @CommandLine.Option(names = "--stream", description = "As in doorstep.ingest.kinesis.stream (default: ${DEFAULT-VALUE}).", defaultValue = "clickstream")
    private String stream = "";

    @CommandLine.Option(names = "--region", description = "Of the stream (default: AWS_REGION or eu-central-1).")
    private @Nullable String region;

    @CommandLine.Option(names = "--endpoint", description = "Of a Kinesis emulator (default: AWS).")
    private @Nullable URI endpoint;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path path = CallersFolder.resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException("there is no file " + path);
        }
        long sent = 0;
        long acknowledged = 0;
        long leftOut = 0;
        try (Outlet outlet = outlet();
                InputStream in = Files.newInputStream(path);
                DocumentReader reader = DocumentReader.open(in,
                        new DocumentLimits(DocumentLimits.DEFAULT.documentBytes(), Long.MAX_VALUE))) {
            List<byte[]> batch = new ArrayList<>();
            long bytes = 0;
            for (RawDocument raw = reader.next(); raw != null; raw = reader.next()) {
                if (raw.oversized()) {
                    System.err.println("doorstep: document " + raw.index() + " has " + raw.totalLength() + " bytes and is left out");
                    leftOut++;
                    continue;
                }
                batch.add(raw.copy());
                bytes += raw.length();
                sent++;
                if (batch.size() == BATCH || bytes > BATCH_BYTES) {
                    acknowledged += outlet.send(batch).cardinality();
                    batch.clear();
                    bytes = 0;
                }
            }
            acknowledged += batch.isEmpty() ? 0 : outlet.send(batch).cardinality();
        }
        System.out.println(acknowledged + " of " + sent + " documents acknowledged by " + where()
                + (leftOut == 0 ? "" : ", " + leftOut + " left out for their length"));
        return acknowledged == sent && leftOut == 0 ? 0 : 1;
    }

    private Outlet outlet() {
        return switch (to) {
            case http -> new HttpOutlet(url);
            case kafka -> new KafkaOutlet(bootstrapServers, topic);
            case kinesis -> new KinesisOutlet(endpoint, region(), stream);
        };
    }

    private String region() {
        return Objects.requireNonNullElse(region, Objects.requireNonNullElse(System.getenv("AWS_REGION"), "eu-central-1"));
    }

    private String where() {
        return switch (to) {
            case http -> url;
            case kafka -> "topic " + topic + " at " + bootstrapServers;
            case kinesis -> "stream " + stream + (endpoint == null ? " in " + region() : " at " + endpoint);
        };
    }
}

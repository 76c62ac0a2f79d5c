package dev.doorstep.localstack.stack;

import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localparts.KinesisStream;
import dev.doorstep.localparts.OpenSearchNode;
import dev.doorstep.localstack.outlet.ElasticsearchOutlet;
import dev.doorstep.localstack.outlet.KinesisOutlet;
import dev.doorstep.localstack.outlet.Outlet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the sources read: a Kinesis emulator with a stream, an OpenSearch node with an index, each where it was asked for. */
public final class SourceParts implements AutoCloseable {
    private static final int SHARDS = 2;

    private final @Nullable KinesisNode kinesis;
    private final @Nullable OpenSearchNode openSearch;

    private SourceParts(@Nullable KinesisNode kinesis, @Nullable OpenSearchNode openSearch) {
        this.kinesis = kinesis;
        this.openSearch = openSearch;
    }

    /** Starts the parts of some sources; returns when stream and index are there. */
    static SourceParts start(Path root, Path data, Set<Source> sources) throws IOException, InterruptedException {
        SourceParts parts = new SourceParts(sources.contains(Source.KINESIS) ? KinesisNode.start(data) : null,
                sources.contains(Source.ELASTICSEARCH) ? OpenSearchNode.start(root, data) : null);
        try {
            parts.prepare();
            return parts;
        } catch (IOException | InterruptedException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    static String name(Source source) {
        return source == Source.KINESIS ? "Kinesis emulator" : "OpenSearch";
    }

    public OpenSearchNode openSearch() {
        return Objects.requireNonNull(openSearch, "the stack was started without OpenSearch");
    }

    public KinesisNode kinesis() {
        return Objects.requireNonNull(kinesis, "the stack was started without Kinesis");
    }

    /** The stream; the caller closes it. */
    public KinesisStream stream() {
        return kinesis().stream(Source.NAME);
    }

    @Override
    public void close() {
        if (kinesis != null) {
            kinesis.close();
        }
        if (openSearch != null) {
            openSearch.close();
        }
    }

    Outlet outlet(Source source) {
        return source == Source.KINESIS ? new KinesisOutlet(URI.create(kinesis().endpoint()), KinesisNode.REGION, Source.NAME) : index();
    }

    private ElasticsearchOutlet index() {
        return new ElasticsearchOutlet(openSearch(), Source.NAME);
    }

    /** What makes ingest-service read them. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        if (kinesis != null) {
            environment.put("DOORSTEP_INGEST_KINESIS_STREAM", Source.NAME);
            environment.put("DOORSTEP_INGEST_KINESIS_REGION", KinesisNode.REGION);
            environment.put("DOORSTEP_INGEST_KINESIS_ENDPOINT", kinesis.endpoint());
            // A lone replica finds its shards sooner so, and takes over what a dead one left.
            environment.put("DOORSTEP_INGEST_KINESIS_KCL2COMPATIBLE", "true");
            environment.put("DOORSTEP_INGEST_KINESIS_FAILOVER", "3s");
            environment.put("DOORSTEP_INGEST_KINESIS_POLLINTERVAL", "250ms");
        }
        if (openSearch != null) {
            environment.put("DOORSTEP_INGEST_ELASTICSEARCH_INDEX", Source.NAME);
            environment.put("DOORSTEP_INGEST_ELASTICSEARCH_URLS", openSearch.endpoint());
            // Nothing here comes later than a refresh.
            environment.put("DOORSTEP_INGEST_ELASTICSEARCH_LOOKBACK", "20s");
        }
        return environment;
    }

    private void prepare() throws IOException, InterruptedException {
        if (kinesis != null) {
            try (KinesisStream stream = kinesis.stream(Source.NAME)) {
                stream.create(SHARDS);
            }
        }
        if (openSearch != null) {
            try (ElasticsearchOutlet outlet = index()) {
                outlet.createIndex();
            }
        }
    }
}

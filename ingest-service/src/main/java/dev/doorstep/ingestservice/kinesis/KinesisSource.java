package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.source.Pauses;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.CoordinatorConfig.ClientVersionConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.RetrievalSpecificConfig;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * Reads clickstream documents from a Kinesis stream, one a record or several in a record that a producer aggregated. The Kinesis Client
 * Library shares the shards among the replicas by leases in DynamoDB. Runs on threads of the library's.
 */
public final class KinesisSource implements SmartLifecycle {
    /** Name of the source, in records, dead letters, the ledger and metrics. */
    public static final String NAME = "kinesis";

    private static final String READING_RIGHTS = "kinesis:DescribeStreamSummary, ListShards, GetShardIterator, GetRecords";
    private static final String FAN_OUT_RIGHTS = ", RegisterStreamConsumer, DescribeStreamConsumer, SubscribeToShard";
    private static final String LEASE_RIGHTS = "dynamodb:CreateTable, DescribeTable, UpdateTable, GetItem, PutItem, UpdateItem, DeleteItem,"
            + " Scan, Query";
    private static final Logger log = LoggerFactory.getLogger(KinesisSource.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long CHECK_MILLIS = 1_000;
    private static final int INITIALIZATION_TRIES = 5;

    private final KinesisSettings settings;
    private final StoreSettings store;
    private final SourcePositions positions;
    private final String worker;
    private final String stream;
    private final String region;
    private final DocumentSink sink;
    private final Refusals readingRefusals;
    private final Refusals leaseRefusals;
    private final SourceStatus status;
    private final Shards shards;
    private final Clock clock;
    private @Nullable Thread thread;
    private volatile boolean running;
    private volatile @Nullable Scheduler scheduler;

    public KinesisSource(KinesisSettings settings, StoreSettings store, SourcePositions positions, IngestSettings ingest, DocumentSink sink,
            SourceStatus status,
            MeterRegistry metrics, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.positions = positions;
        this.worker = ingest.instance();
        this.stream = Objects.requireNonNull(settings.stream());
        this.region = Objects.requireNonNullElse(settings.region(), store.region());
        this.sink = sink;
        this.status = status;
        this.readingRefusals = new Refusals("stream " + stream + " in " + region + at(settings.endpoint()),
                READING_RIGHTS + (settings.consumer() == KinesisSettings.Consumer.FAN_OUT ? FAN_OUT_RIGHTS : ""), status, clock);
        this.leaseRefusals = new Refusals("lease table " + settings.application() + " in " + store.region() + at(store.endpoint()),
                LEASE_RIGHTS, status, clock);
        this.shards = new Shards(stream, status, metrics, clock);
        this.clock = clock;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("kinesis").start(this::run);
    }

    /** Lets each shard end its batch and keep its checkpoint, so that nothing is read twice. */
    @Override
    public void stop() {
        running = false;
        Thread reader = Objects.requireNonNull(thread, "started");
        Scheduler current = scheduler;
        try {
            if (current == null) {
                reader.interrupt();
            } else {
                current.startGracefulShutdown().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            log.warn("source {}: did not end in time, the last records are read again: {}", NAME, e.toString());
            Objects.requireNonNull(current).shutdown();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        Pauses pauses = new Pauses(FIRST_PAUSE, LONGEST_PAUSE);
        try {
            while (running) {
                attempt();
                if (running) {
                    pauses.sleep();
                }
            }
        } catch (InterruptedException _) {
            running = false;
        }
    }

    private void attempt() throws InterruptedException {
        try (KinesisAsyncClient kinesis = KinesisClients.reading(settings.endpoint(), region, readingRefusals);
                DynamoDbAsyncClient leases = KinesisClients.leases(store.endpoint(), store.region(), leaseRefusals);
                CloudWatchAsyncClient cloudWatch = KinesisClients.metrics(region)) {
            requireStream(kinesis);
            read(new ConfigsBuilder(new SingleStreamTracker(stream, initialPosition()), settings.application(), kinesis, leases,
                    cloudWatch,
                    worker, () -> new ShardReader(sink, shards, settings.checkpointInterval(), () -> running, clock)));
            if (running) {
                status.failing("reading stream " + stream + " in " + region + " ended; see the log before this");
            }
        } catch (SdkException e) {
            status.failing(readingRefusals.line(e, "doorstep.ingest.kinesis"));
        } catch (RuntimeException e) {
            status.failing("stream " + stream + " in " + region + at(settings.endpoint()) + ": " + SourceStatus.oneLine(e.toString()));
            log.debug("source {}: reading failed", NAME, e);
        }
    }

    /** The library would try a wrong name or region for long and say much. */
    private void requireStream(KinesisAsyncClient kinesis) throws InterruptedException {
        try {
            tellRetention(kinesis.describeStreamSummary(request -> request.streamName(stream))
                    .get(ASK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).streamDescriptionSummary());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SdkException cause) {
                throw cause;
            }
            throw SdkException.create(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw SdkException.create("no answer within " + ASK_TIMEOUT, e);
        }
    }

    /** Only what is read again from longer ago than events are known counts twice, as after the leases were lost. */
    private void tellRetention(StreamDescriptionSummary summary) {
        Duration kept = Duration.ofHours(summary.retentionPeriodHours());
        if (kept.compareTo(store.eventRetention()) > 0) {
            log.warn(
                    "source {}: stream {} keeps records for {} days, and events are known for {}: what is read anew from before that counts"
                            + " twice; set doorstep.store.event-retention to {}d",
                    NAME, stream, kept.toDays(), store.eventRetention().toDays(),
                    kept.toDays());
        }
    }

    private void read(ConfigsBuilder configs) {
        RetrievalSpecificConfig retrieval = settings.consumer() == KinesisSettings.Consumer.FAN_OUT
                ? new FanOutConfig(configs.kinesisClient()).streamName(stream).applicationName(settings.application())
                : polling(configs.kinesisClient());
        Scheduler current = new Scheduler(configs.checkpointConfig(),
                configs.coordinatorConfig().maxInitializationAttempts(INITIALIZATION_TRIES).parentShardPollIntervalMillis(CHECK_MILLIS)
                        .clientVersionConfig(settings.kcl2Compatible()
                                ? ClientVersionConfig.CLIENT_VERSION_CONFIG_COMPATIBLE_WITH_2X
                                : ClientVersionConfig.CLIENT_VERSION_CONFIG_3X),
                // Each look for new shards sleeps that long, the first one before any record is read: a minute by default.
                configs.leaseManagementConfig().failoverTimeMillis(settings.failover().toMillis()).shardSyncIntervalMillis(CHECK_MILLIS),
                configs.lifecycleConfig(),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig().callProcessRecordsEvenForEmptyRecordList(true),
                configs.retrievalConfig().retrievalSpecificConfig(retrieval));
        scheduler = current;
        status.standby("looks for shards of " + stream + " in " + region + " to read");
        if (running) {
            current.run();
        }
        scheduler = null;
    }

    private PollingConfig polling(KinesisAsyncClient kinesis) {
        return new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(settings.pollInterval().toMillis())
                .usePollingConfigIdleTimeValue(true);
    }

    private InitialPositionInStreamExtended initialPosition() {
        return switch (settings.start()) {
            case "horizon" -> InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON);
            // What is latest is settled once: a replica that ends before its first checkpoint would begin later the next time.
            case "latest" ->
                InitialPositionInStreamExtended.newInitialPositionAtTimestamp(Date.from(begun()));
            default -> InitialPositionInStreamExtended.newInitialPositionAtTimestamp(Date.from(Instant.parse(settings.start())));
        };
    }

    private Instant begun() {
        try {
            return positions.begun(String.join("|", NAME, settings.application(), stream));
        } catch (SdkException e) {
            throw SdkException.create("when reading began can't be kept in the feature table: " + e.getMessage(), e);
        }
    }

    private static String at(@Nullable URI endpoint) {
        return endpoint == null ? "" : " at " + endpoint;
    }
}

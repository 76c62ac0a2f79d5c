package dev.doorstep.servicekit.store;

import dev.doorstep.featurestore.Archives;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.Originals;
import dev.doorstep.featurestore.StoreSettings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** What every service imports that makes dead letters: how they are encrypted, and where long originals go. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeadLetterKit.Settings.class)
public class DeadLetterKit {
    private static final Logger log = LoggerFactory.getLogger(DeadLetterKit.class);

    /**
     * Settings under {@code doorstep.dead-letters}.
     *
     * @param keys Base64 of 32 random bytes each ({@code openssl rand -base64 32}); the first one encrypts, all of them decrypt; the same
     *     for all services
     * @param retention how long a dead letter is kept after its first receipt, 1 hour to the dedupe horizon; default 14 days
     * @param archive where originals of more than 256 KiB go: a folder that all replicas share, or {@code s3://BUCKET/PREFIX}; without it
     *     only their first 64 KiB are kept
     * @param s3Endpoint of an S3-compatible store; null for AWS's own
     */
    @ConfigurationProperties("doorstep.dead-letters")
    public record Settings(@DefaultValue List<String> keys, @DefaultValue("14d") Duration retention, @Nullable String archive,
            @Nullable URI s3Endpoint) {
        public Settings {
            keys = List.copyOf(keys);
            archive = archive == null || archive.isBlank() ? null : archive;
        }
    }

    @Bean
    DeadLetterSeal deadLetterSeal(Settings settings, StoreSettings store) {
        if (settings.retention().compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException("doorstep.dead-letters.retention must be 1 h or more: " + settings.retention());
        }
        if (settings.retention().compareTo(store.eventRetention()) > 0) {
            throw new IllegalArgumentException("doorstep.dead-letters.retention (" + settings.retention()
                    + ") is longer than doorstep.store.event-retention (" + store.eventRetention()
                    + "): what is replayed later than that could count twice");
        }
        return new DeadLetterSeal(settings.keys());
    }

    @Bean
    Originals originals(Settings settings, StoreSettings store, DeadLetterSeal seal, Clock clock) {
        if (settings.archive() == null) {
            log.warn("doorstep.dead-letters.archive is not set: of refused documents over 256 KiB only the first 64 KiB are kept");
            return new Originals(null, seal, clock);
        }
        return new Originals(
                Archives.of("doorstep.dead-letters.archive", settings.archive(), store.region(), settings.s3Endpoint(),
                        DefaultCredentialsProvider.builder().build()),
                seal,
                clock);
    }
}

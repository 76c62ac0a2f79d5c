package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.commonmodel.settings.Bounds;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep.ingest.elasticsearch}; the source is off while there is no index.
 *
 * @param index name, alias or pattern of the indices that hold the documents, several separated by commas
 * @param urls nodes of one cluster, with the path under which it answers, where it has one; default {@code http://localhost:9200}
 * @param product whose interface the cluster speaks; default: it is asked
 * @param from {@code createdDateTime} from which on documents are read; default: all
 * @param to {@code createdDateTime} before which documents are read, and then no more; default: new documents are followed
 * @param slices parts of the indices that are read at once at the start, 1 to 64; default 4
 * @param pageSize most documents of one answer, 1 to 10,000; fewer are asked for while they are long; default 1,000
 * @param pollInterval time between two looks for new documents, 100 ms to 1 hour; default 1 s
 * @param lookback how long after its {@code createdDateTime}, or after a newer one, a document may become visible, 1 s to 1 day; default
 *     5 min
 * @param keepAlive how long the cluster keeps a point in time between two requests, 10 s to 1 hour; default 2 min
 * @param timeout longest wait for one answer, 1 s to 5 min; default 30 s
 * @param username for basic authentication, with {@code password}
 * @param apiKey Base64 of {@code id:key}, in place of a user name
 * @param aws how requests are signed for a cluster on AWS, in place of a user name or API key
 * @param sslBundle name of the SSL bundle ({@code spring.ssl.bundle}) with the authority that signed the cluster's certificate
 */
@ConfigurationProperties("doorstep.ingest.elasticsearch")
public record ElasticsearchSettings(@Nullable String index, @DefaultValue("http://localhost:9200") List<URI> urls,
        @DefaultValue("auto") Product product, @Nullable Instant from, @Nullable Instant to, @DefaultValue("4") int slices,
        @DefaultValue("1000") int pageSize, @DefaultValue("1s") Duration pollInterval, @DefaultValue("5m") Duration lookback,
        @DefaultValue("2m") Duration keepAlive, @DefaultValue("30s") Duration timeout, @Nullable String username, @Nullable String password,
        @Nullable String apiKey, @Nullable Aws aws, @Nullable String sslBundle) {
    private static final String PREFIX = "doorstep.ingest.elasticsearch.";

    /** Whose interface a cluster speaks. */
    public enum Product {
        AUTO, ELASTICSEARCH, OPENSEARCH
    }

    /**
     * Signatures of version 4 with the credentials of the environment.
     *
     * @param region of the cluster, such as {@code eu-central-1}
     * @param service {@code es}, or {@code aoss} for OpenSearch Serverless; default {@code es}
     */
    public record Aws(String region, @DefaultValue("es") String service) {}

    public ElasticsearchSettings {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException(PREFIX + "urls must name at least one node");
        }
        for (URI url : urls) {
            if (url.getHost() == null || !List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
                throw new IllegalArgumentException(PREFIX + "urls must be http:// or https:// with a host: " + url);
            }
            if (url.getUserInfo() != null) {
                throw new IllegalArgumentException(PREFIX + "urls must not hold credentials, they end up in logs; use " + PREFIX
                        + "username and " + PREFIX + "password");
            }
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw new IllegalArgumentException(PREFIX + "from (" + from + ") must lie before " + PREFIX + "to (" + to + ")");
        }
        Bounds.require(PREFIX + "slices", slices, 1, 64);
        Bounds.require(PREFIX + "page-size", pageSize, 1, 10_000);
        Bounds.require(PREFIX + "poll-interval", pollInterval, Duration.ofMillis(100), Duration.ofHours(1));
        Bounds.require(PREFIX + "lookback", lookback, Duration.ofSeconds(1), Duration.ofDays(1));
        Bounds.require(PREFIX + "keep-alive", keepAlive, Duration.ofSeconds(10), Duration.ofHours(1));
        Bounds.require(PREFIX + "timeout", timeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException(PREFIX + "username and " + PREFIX + "password go together");
        }
        if ((username == null ? 0 : 1) + (apiKey == null ? 0 : 1) + (aws == null ? 0 : 1) > 1) {
            throw new IllegalArgumentException(
                    PREFIX + "username, " + PREFIX + "api-key and " + PREFIX + "aws exclude each other; set one of them");
        }
        if (aws != null && urls.size() > 1) {
            throw new IllegalArgumentException(PREFIX + "aws signs for one address, but " + PREFIX + "urls has " + urls.size());
        }
    }
}

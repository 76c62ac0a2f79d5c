package dev.doorstep.ingestservice.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.ingestservice.CapturesOutput;
import dev.doorstep.ingestservice.RecordingSink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Against the published interfaces of the products that can't be run here. */
class ClusterContractTest {
    private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
            .create(AwsSessionCredentials.create("AKIDEXAMPLE", "secret", "session-token"));

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(PublishedCluster.Kind.class)
    void documents_areReadByEachProductsInterface(PublishedCluster.Kind kind) throws Exception {
        try (PublishedCluster published = new PublishedCluster(kind, null);
                SearchClient client = client(published, Map.of("page-size", "2"), null)) {
            RecordingSink sink = new RecordingSink(100);
            ElasticsearchSettings settings = settings(published, Map.of("page-size", "2"));
            Cluster cluster = Cluster.of(client, settings, false, Clock.systemUTC());
            assertThat(new Scan(cluster, sink, settings, () -> true).run(new Scan.Span(0, null), 1, (_, _) -> true, _ -> {
            })).isTrue();
            assertThat(sink.counts()).isEqualTo(Map.of("clicks/a", 1, "clicks/b", 1, "clicks/c", 1));
            // 1. Every request was one that the product knows.
            assertThat(published.requests()).filteredOn(request -> request.method().equals("DELETE")).hasSize(2);
            assertThat(published.requests()).allMatch(request -> request.headers().getFirst("Accept") == null
                    || !request.headers().getFirst("Accept").contains("compatible-with"));
            // 2. The same page size was asked for, and what was asked for lies in the range.
            assertThat(published.requests().get(published.requests().size() - 2).body()).contains("\"size\":2")
                    .contains("\"range\":{\"createdDateTime\":{\"gte\":0,\"format\":\"epoch_millis\"}}");
        }
    }

    @Test
    @CapturesOutput
    void clockThatIsOff_isOneLine(CapturedOutput output) throws Exception {
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.OPENSEARCH_2, null);
                SearchClient client = client(published, Map.of(), null)) {
            Cluster cluster = Cluster.of(client, settings(published, Map.of()), false,
                    Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));
            for (int poll = 0; poll < 5; poll++) {
                cluster.closePointInTime(cluster.openPointInTime());
            }
            assertThat(output.getAll().lines().filter(line -> line.contains("the clock of "))).singleElement().asString()
                    .contains("the clock of " + published.url() + " is 36").contains(" s behind this machine's");
        }
    }

    @Test
    void apiKey_andBasic_areSent() throws Exception {
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.ELASTICSEARCH_9, null);
                SearchClient key = client(published, Map.of("api-key", "VnVhQ2ZHY0JDZGJrU="), null);
                SearchClient basic = client(published, Map.of("username", "reader", "password", "s:cret"), null)) {
            key.ask("GET", "/", Map.of(), null);
            basic.ask("GET", "/", Map.of(), null);
            assertThat(published.requests().get(0).headers().getFirst("Authorization")).isEqualTo("ApiKey VnVhQ2ZHY0JDZGJrU=");
            assertThat(published.requests().get(1).headers().getFirst("Authorization")).isEqualTo("Basic cmVhZGVyOnM6Y3JldA==");
        }
    }

    /** Serverless collections are signed as another service than domains. */
    @ParameterizedTest
    @ValueSource(strings = {"es", "aoss"})
    void awsSignature_isTheOneThatAwsReckons(String service) throws Exception {
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.OPENSEARCH_2, null);
                SearchClient client = client(published, Map.of("aws.region", "eu-central-1", "aws.service", service), null)) {
            Cluster.of(client, settings(published, Map.of()), false, Clock.systemUTC());
            assertThat(published.requests()).hasSizeGreaterThan(3).allSatisfy(request -> assertSigned(request, service));
        }
    }

    /** By hand, as AWS's documentation of Signature Version 4 describes it. */
    private static void assertSigned(PublishedCluster.Seen request, String service) {
        String authorization = request.headers().getFirst("Authorization");
        String date = request.headers().getFirst("X-Amz-Date");
        String scope = date.substring(0, 8) + "/eu-central-1/" + service + "/aws4_request";
        assertThat(authorization).startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope + ", SignedHeaders=host;");
        assertThat(request.headers().getFirst("X-Amz-Security-Token")).isEqualTo("session-token");
        assertThat(request.headers().getFirst("x-amz-content-sha256")).isEqualTo(sha256(request.body()));
        String signedHeaders = authorization.replaceAll(".*SignedHeaders=([^,]*),.*", "$1");
        String headers = List.of(signedHeaders.split(";", -1)).stream()
                .map(name -> name + ":" + request.headers().getFirst(name).strip() + "\n")
                .collect(Collectors.joining());
        String[] uri = request.uri().split("\\?", 2);
        TreeMap<String, String> query = new TreeMap<>();
        if (uri.length == 2) {
            for (String pair : uri[1].split("&", -1)) {
                query.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
            }
        }
        String canonicalQuery = query.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining("&"));
        String canonical = request.method() + "\n" + uri[0] + "\n" + canonicalQuery + "\n" + headers + "\n" + signedHeaders + "\n"
                + sha256(request.body());
        String text = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256(canonical);
        byte[] key = "AWS4secret".getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        assertThat(authorization).as("%s", canonical).endsWith("Signature=" + HexFormat.of().formatHex(hmac(key, text)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "401 | {\"error\":{\"root_cause\":[{\"type\":\"security_exception\",\"reason\":\"missing authentication credentials for REST request [/]\"}]},\"status\":401} | 401 security_exception missing authentication credentials for REST request [/]; check doorstep.ingest.elasticsearch.api-key",
            "403 | {\"Message\":\"User: anonymous is not authorized to perform: es:ESHttpGet\"} | 403  User: anonymous is not authorized to perform: es:ESHttpGet; the user or role needs the cluster privilege monitor, or set doorstep.ingest.elasticsearch.product, which says what it would be asked for",
            "403 | {\"message\":\"Signature expired: 20261124T100000Z is now earlier than 20261124T110000Z\"} | than 20261124T110000Z; check this machine's clock, its credentials",
            "403 | {\"message\":\"Credential should be scoped to a valid region.\"} | 403  Credential should be scoped to a valid region.; check this machine's clock, its credentials and doorstep.ingest.elasticsearch.aws.region",
            "200 | <html>sign in</html> | the answer is no JSON, so something else answers there; check doorstep.ingest.elasticsearch.urls",
            "200 | {\"hello\":\"world\"} | is neither Elasticsearch nor OpenSearch, or hides it; name it with doorstep.ingest.elasticsearch.product",
            "502 | <html>bad gateway</html> | 502"})
    void refusal_isOneLine(int status, String body, String expected) throws Exception {
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.ELASTICSEARCH_8, null);
                SearchClient client = client(published, Map.of(), null)) {
            published.refuse(status, body);
            assertThatThrownBy(() -> Cluster.of(client, settings(published, Map.of()), false, Clock.systemUTC()))
                    .isInstanceOf(SearchException.class).hasMessageContaining(expected).hasMessageContaining(published.url())
                    .hasMessageNotContaining("\n");
        }
    }

    /** Who may read an index need not be let near what the cluster says of itself. */
    @Test
    void productThatIsNamed_isNotAskedFor() throws Exception {
        Map<String, String> named = Map.of("product", "elasticsearch");
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.ELASTICSEARCH_8, null);
                SearchClient client = client(published, named, null)) {
            Cluster.of(client, settings(published, named), false, Clock.systemUTC());
            assertThat(published.requests()).isNotEmpty().noneMatch(request -> request.uri().equals("/"));
            published.refuse(403, "{\"error\":{\"type\":\"security_exception\",\"reason\":\"no\"},\"status\":403}");
            assertThatThrownBy(() -> Cluster.of(client, settings(published, named), false, Clock.systemUTC())).hasMessageEndingWith(
                    "403 security_exception no; the user or role needs the privileges read and view_index_metadata for"
                            + " doorstep.ingest.elasticsearch.index");
        }
    }

    @Test
    void tls_authorityOfOnesOwn_isTrustedOnlyWhenNamed() throws Exception {
        OwnAuthority authority = new OwnAuthority(directory);
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.ELASTICSEARCH_9, authority.server());
                SearchClient trusting = client(published, Map.of(), authority.client());
                SearchClient distrusting = client(published, Map.of(), null)) {
            assertThat(trusting.ask("GET", "/", Map.of(), null).path("version").path("number").asString()).isEqualTo("9.2.0");
            assertThatThrownBy(() -> distrusting.ask("GET", "/", Map.of(), null)).hasMessageContaining("its certificate is not trusted")
                    .hasMessageEndingWith("name the authority with doorstep.ingest.elasticsearch.ssl-bundle");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"took\":1,\"timed_out\":true,\"hits\":{\"hits\":[]}}                                   | ran out of time",
            "{\"took\":1,\"timed_out\":false,\"_shards\":{\"total\":3,\"failed\":2},\"hits\":{\"hits\":[]}} | 2 shards did not answer",
            "{\"took\":1,\"timed_out\":false}                                                     | is no search response",
            "{\"took\":1,\"hits\":{\"hits\":[{\"_id\":\"a\"                                          | is no search response",
            "not json                                                                         | is no search response"})
    void answer_thatIsNotComplete_isAnError(String body, String expected) {
        assertThatThrownBy(() -> SearchPage.read(body.getBytes(StandardCharsets.UTF_8))).isInstanceOf(SearchException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "from=2026-01-02T00:00:00Z;to=2026-01-01T00:00:00Z | from (2026-01-02T00:00:00Z) must lie before doorstep.ingest.elasticsearch.to",
            "username=u                                        | username and doorstep.ingest.elasticsearch.password go together",
            "username=u;password=p;api-key=k                   | exclude each other",
            "urls=ftp://somewhere                              | must be http:// or https:// with a host: ftp://somewhere",
            "urls=http://user:secret@somewhere                 | must not hold credentials",
            "page-size=20000                                   | page-size must lie between 1 and 10000: 20000",
            "lookback=2d                                       | lookback must lie between PT1S and PT24H: PT48H"})
    void settings_thatContradict_areRefused(String settings, String expected) {
        Map<String, String> more = new HashMap<>();
        for (String each : settings.split(";", -1)) {
            more.put(each.split("=", 2)[0], each.split("=", 2)[1]);
        }
        assertThatThrownBy(() -> settings("http://localhost:9200", more)).rootCause().hasMessageContaining(expected);
    }

    private static SearchClient client(PublishedCluster published, Map<String, String> more, @Nullable SSLContext ssl) {
        return new SearchClient(settings(published, more), ssl, CREDENTIALS);
    }

    private static ElasticsearchSettings settings(PublishedCluster published, Map<String, String> more) {
        return settings(published.url(), more);
    }

    private static ElasticsearchSettings settings(String url, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(
                Map.of("doorstep.ingest.elasticsearch.index", "clicks", "doorstep.ingest.elasticsearch.urls", url));
        more.forEach((key, value) -> properties.put("doorstep.ingest.elasticsearch." + key, value));
        return new Binder(new MapConfigurationPropertySource(properties)).bind("doorstep.ingest.elasticsearch", ElasticsearchSettings.class)
                .get();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}

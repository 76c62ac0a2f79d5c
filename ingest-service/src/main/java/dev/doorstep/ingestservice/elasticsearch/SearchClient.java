package dev.doorstep.ingestservice.elasticsearch;

import co.elastic.clients.transport.rest5_client.low_level.HttpAsyncResponseConsumerFactory.BasicAsyncResponseConsumerFactory;
import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.RequestOptions;
import co.elastic.clients.transport.rest5_client.low_level.Response;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;
import co.elastic.clients.transport.rest5_client.low_level.WarningsHandler;
import dev.doorstep.ingestservice.source.SourceStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.ContentTooLongException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends plain JSON to one cluster, whatever its product: the low-level client of Elastic chooses the node and knows nothing of the
 * requests. Thread-safe.
 */
final class SearchClient implements AutoCloseable {
    /** Longest answer that is held in memory; more than one is, while slices are read at once. */
    private static final int ANSWER_BYTES = 24 << 20;
    /** Elasticsearch and OpenSearch take no request above 100 MB by default, so no document is longer. */
    private static final int LONG_ANSWER_BYTES = 112 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_REASON = 300;

    private final Rest5Client rest;
    private final ElasticsearchSettings settings;
    private final @Nullable RequestSigner signer;
    private final JsonMapper json = new JsonMapper();

    SearchClient(ElasticsearchSettings settings, @Nullable SSLContext ssl, AwsCredentialsProvider credentials) {
        this.settings = settings;
        this.signer = settings.aws() == null ? null : new RequestSigner(settings.urls().getFirst(), settings.aws(), credentials);
        Timeout timeout = Timeout.ofMilliseconds(settings.timeout().toMillis());
        HttpHost[] hosts = settings.urls().stream()
                .map(url -> new HttpHost(url.getScheme(), url.getHost(), port(url.getPort(), url.getScheme()))).toArray(HttpHost[]::new);
        Rest5ClientBuilder builder = Rest5Client.builder(hosts).setMetaHeaderEnabled(false)
                .setRequestConfigCallback(config -> config.setResponseTimeout(timeout))
                .setConnectionConfigCallback(config -> config.setSocketTimeout(timeout)
                        .setConnectTimeout(Timeout.ofMilliseconds(CONNECT_TIMEOUT.toMillis())))
                .setConnectionManagerCallback(
                        connections -> connections.setMaxConnPerRoute(settings.slices() + 2).setMaxConnTotal(settings.slices() + 2));
        if (ssl != null) {
            builder.setSSLContext(ssl);
        }
        String path = settings.urls().getFirst().getPath();
        if (path.length() > 1) {
            builder.setPathPrefix(path);
        }
        this.rest = builder.build();
    }

    /** Where it sends to, for people. */
    String name() {
        return settings.urls().getFirst() + (settings.urls().size() > 1 ? " and " + (settings.urls().size() - 1) + " more" : "");
    }

    /** Asks for JSON. */
    JsonNode ask(String method, String path, Map<String, String> parameters, @Nullable ObjectNode body) throws SearchException {
        try {
            return json.readTree(send(method, path, parameters, body, ANSWER_BYTES));
        } catch (JacksonException e) {
            throw new SearchException(200, "no_json", method + " " + path + " at " + name()
                    + ": the answer is no JSON, so something else answers there; check doorstep.ingest.elasticsearch.urls", e);
        }
    }

    /**
     * Searches within a point in time. An answer that lacks some shards is an error.
     *
     * @param alone whether one document is asked for, which may be longer than a page
     */
    SearchPage search(ObjectNode body, boolean alone) throws SearchException {
        return SearchPage.read(send("POST", "/_search", Map.of("allow_partial_search_results", "false"), body,
                alone ? LONG_ANSWER_BYTES : ANSWER_BYTES));
    }

    @Override
    public void close() {
        try {
            rest.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] send(String method, String path, Map<String, String> parameters, @Nullable ObjectNode body, int most)
            throws SearchException {
        byte[] bytes = body == null ? new byte[0] : json.writeValueAsBytes(body);
        Request request = new Request(method, path);
        parameters.forEach(request::addParameter);
        RequestOptions.Builder options = RequestOptions.DEFAULT.toBuilder();
        options.setHttpAsyncResponseConsumerFactory(new BasicAsyncResponseConsumerFactory(most));
        options.setWarningsHandler(WarningsHandler.PERMISSIVE);
        if (body != null) {
            request.setEntity(new ByteArrayEntity(bytes, ContentType.APPLICATION_JSON));
        }
        String what = method + " " + path + " at " + name();
        try {
            authorize(options, method, path, parameters, bytes);
        } catch (SdkException e) {
            throw new SearchException(0, "credentials", what + ": it can't be signed: "
                    + SourceStatus.oneLine(String.valueOf(e.getMessage())), e);
        }
        request.setOptions(options);
        try {
            Response response = rest.performRequest(request);
            // The client takes some errors, such as 404, for answers.
            if (response.getStatusCode() / 100 != 2) {
                throw refused(what, path, response);
            }
            return EntityUtils.toByteArray(response.getEntity());
        } catch (ResponseException e) {
            throw refused(what, path, e.getResponse());
        } catch (SearchException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unanswered(what, e);
        }
    }

    private static SearchException unanswered(String what, Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case ContentTooLongException _ ->
                new SearchException(SearchException.TOO_LONG, "too_long", what + ": " + cause.getMessage(), e);
            case InterruptedException _ -> {
                Thread.currentThread().interrupt();
                yield new SearchException(0, "interrupted", what + ": interrupted", e);
            }
            case GeneralSecurityException _ -> new SearchException(0, "tls", what + ": its certificate is not trusted ("
                    + cause.getMessage() + "); name the authority with doorstep.ingest.elasticsearch.ssl-bundle", e);
            default -> new SearchException(0, "", what + ": no answer: "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()), e);
        };
    }

    private void authorize(RequestOptions.Builder options, String method, String path, Map<String, String> parameters, byte[] body) {
        if (settings.apiKey() != null) {
            options.addHeader("Authorization", "ApiKey " + settings.apiKey());
        } else if (settings.username() != null) {
            byte[] pair = (settings.username() + ":" + settings.password()).getBytes(StandardCharsets.UTF_8);
            options.addHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        } else if (signer != null) {
            signer.sign(method, path, parameters, body).forEach(options::addHeader);
        }
    }

    private SearchException refused(String what, String path, Response response) {
        int status = response.getStatusCode();
        String type = "";
        String reason = "";
        try {
            JsonNode body = json.readTree(EntityUtils.toByteArray(response.getEntity()));
            JsonNode error = body.path("error");
            JsonNode cause = error.path("root_cause").path(0).isMissingNode() ? error : error.path("root_cause").path(0);
            type = cause.path("type").asString("");
            reason = cause.path("reason").asString(body.path("message").asString(body.path("Message").asString("")));
        } catch (IOException | JacksonException _) {
            // A proxy answered in a language of its own; the status says enough.
        }
        String advice = switch (status) {
            case 401 -> "; check doorstep.ingest.elasticsearch.api-key, username and password";
            case 403 -> reason.contains("ignature") || reason.contains("Credential should be scoped")
                    ? "; check this machine's clock, its credentials and doorstep.ingest.elasticsearch.aws.region"
                    : path.equals("/")
                            ? "; the user or role needs the cluster privilege monitor, or set doorstep.ingest.elasticsearch.product, which"
                                    + " says what it would be asked for"
                            : "; the user or role needs the privileges read and view_index_metadata for doorstep.ingest.elasticsearch.index";
            case 404 -> type.equals("index_not_found_exception") ? "; check doorstep.ingest.elasticsearch.index" : "";
            case 503 -> "; not all of its shards answer";
            default -> "";
        };
        String shown = SourceStatus.oneLine(reason);
        return new SearchException(status, type, String.format(Locale.ROOT, "%s: %d %s %s%s", what, status, type,
                shown.length() > MOST_REASON ? shown.substring(0, MOST_REASON) + "…" : shown, advice), null);
    }

    private static int port(int port, String scheme) {
        return port >= 0 ? port : scheme.equals("https") ? 443 : 80;
    }
}

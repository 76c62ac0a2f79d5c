package dev.doorstep.ingestservice.elasticsearch;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/** Signs requests to a cluster on AWS (Signature Version 4, with the digest of the body that OpenSearch Serverless asks for). Thread-safe. */
final class RequestSigner {
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final URI url;
    private final ElasticsearchSettings.Aws settings;
    private final AwsCredentialsProvider credentials;

    RequestSigner(URI url, ElasticsearchSettings.Aws settings, AwsCredentialsProvider credentials) {
        this.url = url;
        this.settings = settings;
        this.credentials = credentials;
    }

    /** The headers that make a request a signed one. */
    Map<String, String> sign(String method, String path, Map<String, String> parameters, byte[] body) {
        SdkHttpRequest.Builder request = SdkHttpRequest.builder().uri(url).method(SdkHttpMethod.fromValue(method))
                .encodedPath(url.getPath().replaceAll("/$", "") + path);
        parameters.forEach(request::putRawQueryParameter);
        SdkHttpRequest signed = signer.sign(how -> how.identity(credentials.resolveCredentials()).request(request.build())
                .payload(ContentStreamProvider.fromByteArray(body)).putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, settings.service())
                .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region())).request();
        Map<String, String> headers = new HashMap<>();
        for (String name : List.of("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "x-amz-content-sha256")) {
            signed.firstMatchingHeader(name).ifPresent(value -> headers.put(name, value));
        }
        return headers;
    }
}

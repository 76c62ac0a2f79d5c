package dev.doorstep.featurestore;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Finds the archive that a setting names. */
public final class Archives {
    private static final String S3 = "s3://";

    private Archives() {}

    /**
     * The archive at a location.
     *
     * @param setting its key, for messages
     * @param location a folder, or {@code s3://BUCKET/PREFIX}
     * @param s3Endpoint of an S3-compatible store; null for AWS's own
     * @param credentials for S3
     */
    public static Archive of(String setting, String location, String region, @Nullable URI s3Endpoint, AwsCredentialsProvider credentials) {
        if (!location.startsWith(S3)) {
            return new FolderArchive(Path.of(location));
        }
        String[] parts = location.substring(S3.length()).split("/", 2);
        if (parts[0].isEmpty()) {
            throw new IllegalArgumentException(setting + " names no bucket: " + location);
        }
        S3ClientBuilder builder = S3Client.builder().region(Region.of(region)).credentialsProvider(credentials)
                .httpClientBuilder(Apache5HttpClient.builder());
        if (s3Endpoint != null) {
            builder.endpointOverride(s3Endpoint).forcePathStyle(true);
        }
        return new S3Archive(builder.build(), parts[0], parts.length == 1 ? "" : parts[1].replaceAll("/+$", ""));
    }
}

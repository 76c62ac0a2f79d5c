package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.localparts.MotoNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Over S3's real protocol, against moto's server. */
class S3ArchiveTest {
    private static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider
            .create(AwsBasicCredentials.create("local", "local"));

    @TempDir
    Path directory;

    @Test
    void archive_inABucket_keepsGivesDeletesAndExpires() throws IOException {
        assumeThat(MotoNode.missing()).as("%s", MotoNode.missing()).isNull();
        URI endpoint;
        try (MotoNode moto = MotoNode.start(directory);
                S3Client client = S3Client.builder().endpointOverride(URI.create(moto.endpoint())).forcePathStyle(true)
                        .region(Region.EU_CENTRAL_1).credentialsProvider(CREDENTIALS).build()) {
            endpoint = URI.create(moto.endpoint());
            client.createBucket(request -> request.bucket("letters")
                    .createBucketConfiguration(where -> where.locationConstraint("eu-central-1")));
            Archive archive = Archives.of("doorstep.dead-letters.archive", "s3://letters/doorstep/", "eu-central-1", endpoint, CREDENTIALS);
            byte[] bytes = new byte[3_000_000];
            bytes[2_999_999] = 7;
            Path file = Files.write(directory.resolve("original"), bytes);
            for (String name : List.of("2026-11-22/a", "2026-11-23/b", "2026-11-24/c")) {
                archive.put(name, file);
            }
            assertThat(client.listObjectsV2(request -> request.bucket("letters")).contents()).extracting(object -> object.key())
                    .containsExactly("doorstep/2026-11-22/a", "doorstep/2026-11-23/b", "doorstep/2026-11-24/c");
            try (InputStream in = archive.get("2026-11-23/b")) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
            archive.delete("2026-11-23/b");
            archive.delete("2026-11-23/b");
            assertThatThrownBy(() -> archive.get("2026-11-23/b")).isInstanceOf(FileNotFoundException.class)
                    .hasMessageContaining("2026-11-23/b");
            archive.expire(LocalDate.parse("2026-11-24"));
            assertThat(client.listObjectsV2(request -> request.bucket("letters")).contents()).extracting(object -> object.key())
                    .containsExactly("doorstep/2026-11-24/c");
        }
        Archive away = Archives.of("doorstep.dead-letters.archive", "s3://letters", "eu-central-1", endpoint, CREDENTIALS);
        assertThatThrownBy(() -> away.get("2026-11-24/c")).isInstanceOf(IOException.class).hasMessageContaining("S3 did not give");
    }
}

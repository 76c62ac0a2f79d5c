package dev.doorstep.predictionservice.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.featurestore.Archive;
import dev.doorstep.featurestore.Archives;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.Compatibility;
import dev.doorstep.forecasting.bundle.Compatibility.Level;
import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.localparts.BundleVariants;
import dev.doorstep.localparts.MotoNode;
import dev.doorstep.predictionservice.PredictionApplication;
import dev.doorstep.commonmodel.error.DoorstepException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class BundlesTest {
    private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
            .create(AwsBasicCredentials.create("local", "local"));
    private static final Bundle SHIPPED = Bundle
            .read(BundlesTest::shipped);

    @TempDir
    Path directory;

    /** Over S3's real protocol, against moto's server. */
    @Test
    void bundle_inABucket_isReadByItsDigest_andDamageIsNamed() throws IOException {
        assumeThat(MotoNode.missing()).as("%s", MotoNode.missing()).isNull();
        String digest = BundleVariants.same(SHIPPED, directory.resolve("models"), "1.1.0");
        try (MotoNode moto = MotoNode.start(directory);
                S3Client s3 = S3Client.builder().endpointOverride(URI.create(moto.endpoint())).forcePathStyle(true)
                        .region(Region.EU_CENTRAL_1).credentialsProvider(CREDENTIALS).build()) {
            s3.createBucket(request -> request.bucket("models")
                    .createBucketConfiguration(where -> where.locationConstraint("eu-central-1")));
            for (Path file : files(directory.resolve("models").resolve(digest))) {
                s3.putObject(request -> request.bucket("models").key("store/" + digest + "/" + file.getFileName()),
                        RequestBody.fromFile(file));
            }
            Archive archive = Archives.of("doorstep.rollout.models", "s3://models/store", "eu-central-1", URI.create(moto.endpoint()),
                    CREDENTIALS);
            Bundles bundles = new Bundles(SHIPPED, false, archive);
            assertThat(bundles.read(digest).manifest().version()).isEqualTo("1.1.0");
            assertThatThrownBy(() -> bundles.read("0".repeat(64))).hasMessageContaining("manifest.json can't be read")
                    .hasMessageContaining("0000");
            s3.putObject(request -> request.bucket("models").key("store/" + digest + "/model.txt"), RequestBody.fromString("tree"));
            assertThatThrownBy(() -> bundles.read(digest)).hasMessageContaining("model.txt is not the file that the manifest names");
        }
    }

    @Test
    void folderOfAnotherBundle_andNames_thatAreNoDigest_areRefused() throws IOException {
        Path models = directory.resolve("models");
        String digest = BundleVariants.same(SHIPPED, models, "1.1.0");
        Files.move(models.resolve(digest), models.resolve("1".repeat(64)));
        Bundles bundles = new Bundles(SHIPPED, false, Archives.of("doorstep.rollout.models", models.toString(), "eu-central-1", null,
                CREDENTIALS));
        assertThatThrownBy(() -> bundles.read("1".repeat(64))).hasMessageContaining("is that of " + digest);
        assertThatThrownBy(() -> bundles.read("../" + "1".repeat(61))).hasMessageContaining("digest must have 64 hex digits");
        assertThat(bundles.read(SHIPPED.manifest().digest())).as("the configured one is there anyway").isSameAs(SHIPPED);
        assertThatThrownBy(() -> new Bundles(SHIPPED, false, null).read("1".repeat(64)))
                .hasMessageContaining("doorstep.rollout.models is not set");
    }

    /** Bundles are data: nothing in them names a place, a class or a length that is believed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            "model.txt" | "../model.txt"                            | names a file that no bundle has: ../model.txt
                                            "model.txt" | "/etc/passwd"                             | names a file that no bundle has: /etc/passwd
                                            "model.txt" | "a/model.txt"                             | names a file that no bundle has: a/model.txt
                                            "format"    | "@class" : "java.lang.Runtime", "format"  | manifest.json is not as this version has it
                                            "name"      | "title"                                   | manifest.json is not as this version has it
                                            1.0.0       | 9.9.9                                     | does not have the digest that it states
                                            """)
    void manifest_thatWasChanged_isRefused_andNothingElseIsOpened(String from, String to, String message) {
        List<String> opened = new ArrayList<>();
        assertThatThrownBy(() -> Bundle.read(file -> {
            opened.add(file);
            byte[] bytes = shipped(file).readAllBytes();
            return new ByteArrayInputStream(file.equals(Bundle.MANIFEST)
                    ? new String(bytes, StandardCharsets.UTF_8).replace(from, to).getBytes(StandardCharsets.UTF_8)
                    : bytes);
        })).isInstanceOf(DoorstepException.class).hasMessageContaining(message);
        assertThat(SHIPPED.manifest().files().keySet()).containsAll(opened.stream().filter(file -> !file.equals(Bundle.MANIFEST)).toList());
    }

    @Test
    void bundle_ofAnotherFormat_isRefused() {
        assertThatThrownBy(
                () -> Bundle.read(file -> new ByteArrayInputStream(new String(shipped(file).readAllBytes(), StandardCharsets.UTF_8)
                        .replaceFirst("\"format\" : \\d+", "\"format\" : 999").getBytes(StandardCharsets.UTF_8))))
                .hasMessageContaining("is of format 999");
    }

    /** Whole by its digests, and still no history. */
    @Test
    void history_withWhatIsNoNumber_isRefusedByName() throws IOException {
        String header;
        try (InputStream in = shipped(Bundle.HISTORY)) {
            header = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
        }
        String row = "much,".repeat((int) header.chars().filter(each -> each == ',').count()) + "sku#A";
        Path models = directory.resolve("models");
        String digest = SHIPPED.publish(models, "1.1.0", Map.of(Bundle.HISTORY, (header + "\n" + row).getBytes(StandardCharsets.UTF_8)))
                .digest();
        assertThatThrownBy(() -> Bundle.read(models.resolve(digest))).isInstanceOf(DoorstepException.class)
                .hasMessageContaining("history.csv is not as this version has it: much,");
    }

    /** Nobody could see the drift of such a model. */
    @Test
    void driftReference_thatIsMissingOrNone_isRefusedByName() throws IOException {
        Path models = directory.resolve("models");
        String digest = SHIPPED.publish(models, "1.1.0", Map.of(DriftReference.FILE, "{}".getBytes(StandardCharsets.UTF_8))).digest();
        assertThatThrownBy(() -> Bundle.read(models.resolve(digest))).isInstanceOf(DoorstepException.class)
                .hasMessageContaining("drift.json is not as this version has it").hasMessageContaining("quantiles");
        Map<String, byte[]> others = new HashMap<>();
        for (String file : SHIPPED.manifest().files().keySet()) {
            if (!file.equals(DriftReference.FILE)) {
                others.put(file, shipped(file).readAllBytes());
            }
        }
        Bundle.write(directory.resolve("others"), SHIPPED.manifest(), others);
        assertThatThrownBy(() -> Bundle.read(directory.resolve("others"))).isInstanceOf(DoorstepException.class)
                .hasMessage("drift.json is missing");
    }

    @Test
    void file_withoutAnEnd_isRefusedAtTheLimit() {
        assertThatThrownBy(() -> Bundle.read(file -> file.equals(Bundle.MODEL) ? new Endless() : shipped(file)))
                .hasMessageContaining("model.txt makes the bundle larger than 256 MB");
    }

    /** Zeros for as long as anyone reads. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public byte[] readNBytes(int length) {
            return new byte[length];
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            calibration.json |                     |                      | PATCH | 1.0.1
                                            model.txt        | shrinkage=          | shrinkage=0          | MINOR | 1.1.0
                                            settings.json    | "America/Chicago"   | "America/New_York"   | MAJOR | 2.0.0
                                            settings.json    | "orderedAt"         | "promisedAt"         | MAJOR | 2.0.0
                                            schema.json      | "unit" : "hour"     | "unit" : "half-hour" | MAJOR | 2.0.0
                                            """)
    void change_isOfTheLevelThatItsFileSays_andTheVersionMustSaySo(String file, @Nullable String before, @Nullable String after,
            Level level,
            String least) throws IOException {
        Path models = directory.resolve("models");
        String digest;
        if (before == null || after == null) {
            digest = BundleVariants.hasty(SHIPPED, models, "1.0.0");
        } else {
            try (InputStream in = shipped(file)) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(text).contains(before);
                digest = SHIPPED.publish(models, "1.0.0", Map.of(file, text.replace(before, after).getBytes(StandardCharsets.UTF_8)))
                        .digest();
            }
        }
        Bundle changed = Bundle.read(models.resolve(digest));
        assertThat(Compatibility.between(SHIPPED, changed)).isEqualTo(level);
        assertThatThrownBy(() -> Compatibility.requireHonestVersion(SHIPPED, changed)).hasMessageContaining(least + " or later");
    }

    private static InputStream shipped(String file) {
        return Objects.requireNonNull(PredictionApplication.class.getResourceAsStream("model/" + file), file);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}

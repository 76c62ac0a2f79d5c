package dev.doorstep.commonmodel.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.DoorstepException;
import io.airlift.compress.v3.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {
    private static final String A = "{\"_id\":\"a\",\"_source\":{\"t\":\"br{ck]t \\\" \\\\\"}}";
    private static final String B = "{\"_id\":\"b\",\"_source\":{\"n\":[1,{\"x\":2}]}}";

    @ParameterizedTest
    @ValueSource(strings = {"[%s,%s]", " [ %s , %s ] ", "%s\n%s", "%s\n%s\n", "%s\r\n\r\n%s", "%s %s", "%s%s", "\uFEFF[%s,%s]",
            "{\"took\":3,\"timed_out\":false,\"_shards\":{\"total\":1},\"hits\":{\"total\":{\"value\":2},\"hits\":[%s,%s]},\"aggs\":{}}"})
    void next_everyForm_givesBothDocuments(String form) throws IOException {
        assertThat(texts(form.formatted(A, B))).containsExactly(A, B);
    }

    @Test
    void next_prettyPrintedDocuments_areFoundByTheirBrackets() throws IOException {
        String pretty = "{\n \"_id\": \"a\",\n \"_source\": {}\n}";
        assertThat(texts(pretty)).containsExactly(pretty);
        assertThat(texts(pretty + "\n" + pretty)).containsExactly(pretty, pretty);
    }

    @Test
    void next_gzipAndZstd_areRecognisedByContent() throws IOException {
        byte[] plain = ("[" + A + "," + B + "]").getBytes(StandardCharsets.UTF_8);
        assertThat(texts(new ByteArrayInputStream(gzip(plain)))).containsExactly(A, B);
        assertThat(texts(new ByteArrayInputStream(zstd(plain)))).containsExactly(A, B);
    }

    @Test
    void next_damagedCompression_isAnIoExceptionAfterWhatCouldBeRead() throws IOException {
        byte[] gzip = gzip(("[" + A + "," + B + "]").getBytes(StandardCharsets.UTF_8));
        byte[] zstd = zstd(("[" + A + "," + B + "]").getBytes(StandardCharsets.UTF_8));
        for (byte[] damaged : List.of(Arrays.copyOf(gzip, gzip.length / 2), Arrays.copyOf(zstd, zstd.length / 2))) {
            assertThatThrownBy(() -> texts(new ByteArrayInputStream(damaged))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void next_brokenLine_leavesItsNeighboursReadable() throws IOException {
        assertThat(texts(A + "\n{\"_id\":\"broken\n" + B + "\nrubbish\n" + A)).containsExactly(A, "{\"_id\":\"broken", B, "rubbish", A);
        assertThat(texts("{\"_id\":\"broken\n" + B)).containsExactly("{\"_id\":\"broken", B);
    }

    @Test
    void next_brokenElement_leavesItsNeighboursReadable() throws IOException {
        assertThat(texts("[" + A + ",{\"_id\":,},17,\"text\"," + B + "]")).containsExactly(A, "{\"_id\":,}", "17", "\"text\"", B);
    }

    @Test
    void next_endInsideADocument_saysSo() throws IOException {
        List<RawDocument> documents = read("[" + A + ",{\"_id\":\"c\"");
        assertThat(documents).extracting(RawDocument::complete).containsExactly(true, false);
        assertThat(read("[" + A)).extracting(RawDocument::complete).containsExactly(true, false);
        assertThat(read("{\"_id\":\"c\"")).extracting(RawDocument::complete).containsExactly(false);
        assertThat(read("[]")).isEmpty();
        assertThat(read("")).isEmpty();
        assertThat(read(" \n ")).isEmpty();
    }

    @Test
    void next_indexAndPosition_pointIntoTheStream() throws IOException {
        List<RawDocument> documents = read("[" + A + ", " + B + "]");
        assertThat(documents).extracting(RawDocument::index).containsExactly(0L, 1L);
        assertThat(documents).extracting(RawDocument::position).containsExactly(1L, A.length() + 3L);
    }

    @Property(tries = 200)
    void next_anyChunking_givesTheSameDocuments(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder body = new StringBuilder("[");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String text = "{\"_id\":\"" + i + "\",\"x\":\"" + "é\\\"}".repeat(random.nextInt(40)) + "\"}";
            expected.add(text);
            body.append(i == 0 ? "" : ",").append(text);
        }
        InputStream chunks = new ByteArrayInputStream(body.append("]").toString().getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                return super.read(b, off, Math.min(len, 1 + random.nextInt(64)));
            }
        };
        assertThat(texts(chunks)).isEqualTo(expected);
    }

    @Test
    void next_hundredThousandDocuments_keepMemoryConstant() throws IOException {
        byte[] document = ("{\"_id\":\"x\",\"_source\":{\"pad\":\"" + "y".repeat(1000) + "\"}},").getBytes(StandardCharsets.UTF_8);
        InputStream body = new RepeatingInputStream(document, 100_000);
        long count = 0;
        int largestArray = 0;
        try (DocumentReader reader = DocumentReader.open(body, DocumentLimits.DEFAULT)) {
            for (RawDocument raw = reader.next(); raw != null; raw = reader.next()) {
                count++;
                largestArray = Math.max(largestArray, raw.array().length);
            }
        }
        // The last "document" is the array's missing end.
        assertThat(count).isEqualTo(100_001);
        assertThat(largestArray).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void next_documentOf50Megabytes_keepsItsHeadLengthAndDigest() throws IOException {
        byte[] pad = "z".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream huge = new ByteArrayOutputStream();
        huge.writeBytes("{\"_id\":\"huge\",\"pad\":\"".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 50; i++) {
            huge.writeBytes(pad);
        }
        huge.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
        byte[] expected = huge.toByteArray();
        for (String form : List.of("[%s]", "%s\n", "%s")) {
            String[] around = form.split("%s", -1);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            body.writeBytes(around[0].getBytes(StandardCharsets.UTF_8));
            body.writeBytes(expected);
            body.writeBytes(around[1].getBytes(StandardCharsets.UTF_8));
            try (DocumentReader reader = DocumentReader.open(new ByteArrayInputStream(body.toByteArray()), DocumentLimits.DEFAULT)) {
                RawDocument raw = reader.next();
                assertThat(raw).isNotNull();
                assertThat(raw.oversized()).isTrue();
                assertThat(raw.length()).isEqualTo(64 << 10);
                assertThat(raw.totalLength()).isEqualTo(52_428_823L);
                assertThat(raw.sha256()).isEqualTo(java.util.HexFormat.of().formatHex(ContentHash.sha256().digest(expected)));
                assertThat(reader.next()).isNull();
            }
        }
    }

    @Test
    void next_bodyOverItsLimit_isRefusedAfterTheDocumentsBefore() throws IOException {
        DocumentLimits limits = new DocumentLimits(1 << 10, 200_000);
        byte[] document = ("{\"_id\":\"x\",\"pad\":\"" + "y".repeat(900) + "\"},").getBytes(StandardCharsets.UTF_8);
        try (DocumentReader reader = DocumentReader.open(new RepeatingInputStream(document, 1000), limits)) {
            List<Long> indexes = new ArrayList<>();
            assertThatThrownBy(() -> {
                for (RawDocument raw = reader.next(); raw != null; raw = reader.next()) {
                    indexes.add(raw.index());
                }
            }).isInstanceOf(DoorstepException.class).hasMessageContaining("200000");
            assertThat(indexes).hasSizeGreaterThan(100);
        }
    }

    @Test
    void limits_contradiction_isRefusedNamingBoth() {
        assertThatThrownBy(() -> new DocumentLimits(1 << 20, 1 << 10)).hasMessageContaining("bodyBytes")
                .hasMessageContaining("documentBytes");
        assertThatThrownBy(() -> new DocumentLimits(10, 1 << 20)).hasMessageContaining("documentBytes");
    }

    private static List<String> texts(String body) throws IOException {
        return texts(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(InputStream body) throws IOException {
        return read(body).stream().map(raw -> new String(raw.copy(), StandardCharsets.UTF_8).stripTrailing()).toList();
    }

    private static List<RawDocument> read(String body) throws IOException {
        return read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RawDocument> read(InputStream body) throws IOException {
        List<RawDocument> documents = new ArrayList<>();
        try (DocumentReader reader = DocumentReader.open(body, DocumentLimits.DEFAULT)) {
            for (RawDocument raw = reader.next(); raw != null; raw = reader.next()) {
                byte[] copy = raw.copy();
                documents.add(new RawDocument(copy, 0, copy.length, raw.index(), raw.position(), raw.totalLength(), raw.sha256(),
                        raw.complete(), null));
            }
        }
        return documents;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStream(out)) {
            zstd.write(plain);
        }
        return out.toByteArray();
    }

    /** {@code [} and then the same bytes over and over, without holding them. */
    private static final class RepeatingInputStream extends InputStream {
        private final byte[] bytes;
        private long left;
        private int at;
        private boolean opened;

        RepeatingInputStream(byte[] bytes, int times) {
            this.bytes = bytes;
            this.left = (long) bytes.length * times;
        }

        @Override
        public int read() {
            if (!opened) {
                opened = true;
                return '[';
            }
            if (left == 0) {
                return -1;
            }
            left--;
            byte b = bytes[at];
            at = (at + 1) % bytes.length;
            return b & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) {
            int n = 0;
            for (; n < len; n++) {
                int next = read();
                if (next < 0) {
                    return n == 0 ? -1 : n;
                }
                b[off + n] = (byte) next;
            }
            return n;
        }
    }
}

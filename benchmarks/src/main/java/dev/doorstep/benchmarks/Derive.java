package dev.doorstep.benchmarks;

import dev.doorstep.commonmodel.document.DocumentLimits;
import dev.doorstep.commonmodel.document.DocumentParser;
import dev.doorstep.commonmodel.document.DocumentReader;
import dev.doorstep.commonmodel.document.ParsedDocument;
import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.commonmodel.time.TemporalFeatures;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Documents per second of the streaming codec with derivation, beside Jackson's plain scan of all tokens of the same file. */
final class Derive implements Main.Benchmark {
    private static final int DOCUMENTS = 20_000;
    private static final int ROUNDS = 7;

    private final DocumentParser parser = new DocumentParser(Clock.systemUTC());
    private final JsonFactory json = new JsonFactory();

    @Override
    public void run(Figures figures) throws IOException {
        Path file = Files.createTempFile("doorstep-derive", ".ndjson");
        try {
            write(file);
            double[] derive = new double[ROUNDS];
            double[] scan = new double[ROUNDS];
            derive(file);
            scan(file);
            for (int round = 0; round < ROUNDS; round++) {
                derive[round] = derive(file);
                scan[round] = scan(file);
            }
            figures.value("documents", Figures.median(derive), "documents/s");
            figures.value("bytes", Figures.median(derive) * Files.size(file) / DOCUMENTS / 1e6, "MB/s");
            figures.value("token-scan", Figures.median(scan), "documents/s");
            figures.ratio(Figures.median(derive) / Figures.median(scan), "token-scan");
        } finally {
            Files.delete(file);
        }
    }

    private double derive(Path file) throws IOException {
        long started = System.nanoTime();
        long sum = 0;
        try (DocumentReader reader = DocumentReader.open(Files.newInputStream(file), DocumentLimits.DEFAULT)) {
            for (RawDocument raw = reader.next(); raw != null; raw = reader.next()) {
                if (parser.parse(raw) instanceof ParsedDocument.Usable usable) {
                    sum += TemporalFeatures.of(usable.document().createdDateTime()).dayOfYear();
                }
            }
        }
        if (sum != 322L * DOCUMENTS) {
            throw new IllegalStateException("not every document was derived: " + sum);
        }
        return DOCUMENTS * 1e9 / (System.nanoTime() - started);
    }

    private double scan(Path file) throws IOException {
        long started = System.nanoTime();
        long tokens = 0;
        try (InputStream in = Files.newInputStream(file); JsonParser scanner = json.createParser(ObjectReadContext.empty(), in)) {
            while (scanner.nextToken() != null) {
                tokens++;
            }
        }
        if (tokens < DOCUMENTS) {
            throw new IllegalStateException("the file was not scanned");
        }
        return DOCUMENTS * 1e9 / (System.nanoTime() - started);
    }

    private static void write(Path file) throws IOException {
        JsonMapper mapper = new JsonMapper();
        List<String> lines = new ArrayList<>();
        for (JsonNode document : mapper.readTree(Files.readAllBytes(Path.of("sample_sessions.json")))) {
            lines.add(document + "\n");
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < DOCUMENTS; i++) {
                out.write(lines.get(i % lines.size()).getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}

package dev.doorstep.forecasting.bundle;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.ModelSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One immutable version of a model with all that belongs to it: a folder whose manifest names each file with its digest. Bundles are data:
 * nothing in them is run, and no name in them leaves their folder. Immutable and thread-safe.
 */
public final class Bundle {
    /** The file that names all others. */
    public static final String MANIFEST = "manifest.json";
    /** LightGBM's own model file. */
    public static final String MODEL = "model.txt";
    /** {@link ModelSettings}. */
    public static final String SETTINGS = "settings.json";
    /** {@link ModelSchema}. */
    public static final String SCHEMA = "schema.json";
    /** {@link Calibration}. */
    public static final String CALIBRATION = "calibration.json";
    /** {@link History}. */
    public static final String HISTORY = "history.csv";

    private static final long MOST_BYTES = 256L << 20;
    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Manifest manifest;
    private final Map<String, byte[]> files;
    private final ModelSettings settings;
    private final ModelSchema schema;
    private final Calibration calibration;
    private final History history;
    private final DriftReference driftReference;
    private final Forest forest;

    /** Where a bundle's files are read from. */
    public interface Source {
        /** Opens a file. */
        InputStream open(String name) throws IOException;
    }

    private Bundle(Manifest manifest, Map<String, byte[]> files) {
        this.manifest = manifest;
        this.files = files;
        this.settings = json(SETTINGS, ModelSettings.class);
        this.schema = json(SCHEMA, ModelSchema.class);
        this.calibration = json(CALIBRATION, Calibration.class);
        this.history = HistoryFile.read(manifest.knownUntil(), text(HISTORY));
        this.driftReference = json(DriftReference.FILE, DriftReference.class);
        this.forest = Forest.read(text(MODEL));
        if (!forest.featureNames().equals(schema.names())) {
            throw refused(SCHEMA, "does not list the features of " + MODEL + " in their order");
        }
    }

    /**
     * Reads a bundle from its folder.
     *
     * @throws DoorstepException {@code INVALID_MODEL} that names the file that is missing, damaged or not of this format
     */
    public static Bundle read(Path folder) {
        return read(name -> Files.newInputStream(folder.resolve(name)));
    }

    /**
     * Reads what a bundle says of itself, and nothing else of it.
     *
     * @throws DoorstepException {@code INVALID_MODEL} when the manifest is missing, of another format or not what its digest says
     */
    public static Manifest manifest(Source source) {
        Manifest manifest = parse(MANIFEST, bytes(source, MANIFEST, MOST_BYTES), Manifest.class);
        if (manifest.format() != Manifest.FORMAT) {
            throw refused(MANIFEST, "is of format " + manifest.format() + ", which is not " + Manifest.FORMAT);
        }
        for (String name : manifest.files().keySet()) {
            if (!FILE_NAME.matcher(name).matches()) {
                throw refused(MANIFEST, "names a file that no bundle has: " + DoorstepException.shown(name));
            }
        }
        if (!digest(manifest).equals(manifest.digest())) {
            throw refused(MANIFEST, "does not have the digest that it states");
        }
        return manifest;
    }

    /** Reads a bundle from anywhere, with errors as of {@link #read(Path)}. */
    public static Bundle read(Source source) {
        Manifest manifest = manifest(source);
        Map<String, byte[]> files = new HashMap<>();
        long room = MOST_BYTES;
        for (Map.Entry<String, String> file : manifest.files().entrySet()) {
            byte[] bytes = bytes(source, file.getKey(), room);
            room -= bytes.length;
            if (!ContentHash.ofBytes(bytes).equals(file.getValue())) {
                throw refused(file.getKey(), "is not the file that the manifest names: its digest differs");
            }
            files.put(file.getKey(), bytes);
        }
        return new Bundle(manifest, files);
    }

    /**
     * Writes a bundle, over one that is there.
     *
     * @param manifest of it; its files and digest are filled in here
     * @param files its files by name
     * @return the manifest as written
     */
    public static Manifest write(Path folder, Manifest manifest, Map<String, byte[]> files) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        Files.createDirectories(folder);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
            digests.put(file.getKey(), ContentHash.ofBytes(file.getValue()));
        }
        Manifest named = new Manifest(manifest.format(), manifest.name(), manifest.version(), manifest.kind(), manifest.knownUntil(),
                manifest.training(), digests, "");
        Manifest whole = new Manifest(named.format(), named.name(), named.version(), named.kind(), named.knownUntil(), named.training(),
                digests, digest(named));
        Files.write(folder.resolve(MANIFEST), toJson(whole));
        return whole;
    }

    /**
     * Writes this bundle to where services find it: into a folder below another one that is named by its digest.
     *
     * @param models the folder of all bundles
     * @param version that it is to have
     * @param changed files that take the place of this bundle's, by name
     * @return the manifest as written
     */
    public Manifest publish(Path models, String version, Map<String, byte[]> changed) throws IOException {
        Map<String, byte[]> all = new HashMap<>(files);
        all.putAll(changed);
        Files.createDirectories(models);
        Path part = Files.createTempDirectory(models, ".part-");
        Manifest written = write(part, new Manifest(manifest.format(), manifest.name(), version, manifest.kind(), manifest.knownUntil(),
                manifest.training(), Map.of(), ""), all);
        Path target = models.resolve(written.digest());
        if (Files.isDirectory(target)) {
            // The same content under the same name: it is there already.
            for (String file : all.keySet()) {
                Files.delete(part.resolve(file));
            }
            Files.delete(part.resolve(MANIFEST));
            Files.delete(part);
        } else {
            Files.move(part, target);
        }
        return written;
    }

    /** JSON as bundles have it: sorted, so that the same content has the same bytes. */
    public static byte[] toJson(Object value) {
        return (JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public Manifest manifest() {
        return manifest;
    }

    public ModelSettings settings() {
        return settings;
    }

    public ModelSchema schema() {
        return schema;
    }

    public Calibration calibration() {
        return calibration;
    }

    public History history() {
        return history;
    }

    public DriftReference driftReference() {
        return driftReference;
    }

    /** The forest as a distribution over days. */
    public HazardModel model() {
        if (!manifest.kind().equals(Manifest.HAZARD)) {
            throw refused(MANIFEST, "names a kind of model that can't be served: " + DoorstepException.shown(manifest.kind()));
        }
        return new HazardModel(forest, settings.support());
    }

    /** A further file as text. */
    public String text(String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw refused(name, "is missing");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A further file as what it is written from. */
    public <T> T json(String name, Class<T> type) {
        return parse(name, text(name).getBytes(StandardCharsets.UTF_8), type);
    }

    private static byte[] bytes(Source source, String name, long most) {
        try (InputStream in = source.open(name)) {
            byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, most + 1));
            if (bytes.length > most) {
                throw refused(name, "makes the bundle larger than " + (MOST_BYTES >> 20) + " MB");
            }
            return bytes;
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, name, name + " can't be read: " + e.getMessage(), e);
        }
    }

    private static <T> T parse(String name, byte[] bytes, Class<T> type) {
        try {
            return Objects.requireNonNull(JSON.readValue(bytes, type), name);
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, name,
                    name + " is not as this version has it: " + DoorstepException.shown(e.getMessage()), e);
        }
    }

    private static String digest(Manifest manifest) {
        byte[] bytes = toJson(new Manifest(manifest.format(), manifest.name(), manifest.version(), manifest.kind(), manifest.knownUntil(),
                manifest.training(), manifest.files(), ""));
        return ContentHash.ofBytes(bytes);
    }

    private static DoorstepException refused(String file, String what) {
        return new DoorstepException(ErrorCode.INVALID_MODEL, file, file + " " + what);
    }
}

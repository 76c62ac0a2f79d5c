package dev.doorstep.predictionservice.registry;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.featurestore.Archive;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds bundles: the configured one, and those of the models' folder or bucket by their digest. Thread-safe. */
public final class Bundles {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final @Nullable Bundle configured;
    private final @Nullable Archive archive;
    private final boolean withoutModel;

    /**
     * Creates a finder.
     *
     * @param configured the bundle that the service starts with, or null where it starts without
     * @param withoutModel whether it starts without one because it was told to
     * @param archive where all others are, or null where there are no others
     */
    public Bundles(@Nullable Bundle configured, boolean withoutModel, @Nullable Archive archive) {
        this.withoutModel = withoutModel;
        this.configured = configured;
        this.archive = archive;
    }

    /** The bundle that the service starts with, or null. */
    public @Nullable Bundle configured() {
        return configured;
    }

    /** Whether the service starts without a bundle because it was told to. */
    public boolean isWithoutModel() {
        return withoutModel;
    }

    /**
     * Reads a bundle and verifies it.
     *
     * @throws DoorstepException {@code INVALID_MODEL} that names the file that is missing, damaged or another one's
     */
    public Bundle read(String digest) {
        if (configured != null && configured.manifest().digest().equals(digest)) {
            return configured;
        }
        Bundle bundle = Bundle.read(source(digest));
        own(bundle.manifest(), digest);
        return bundle;
    }

    /** What a bundle says of itself, however damaged the rest of it may be; with errors as of {@link #read}. */
    public Manifest manifest(String digest) {
        return configured != null && configured.manifest().digest().equals(digest)
                ? configured.manifest()
                : own(Bundle.manifest(source(digest)), digest);
    }

    private Bundle.Source source(String digest) {
        if (!DIGEST.matcher(digest).matches()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "digest",
                    "digest must have 64 hex digits: " + DoorstepException.shown(digest));
        }
        Archive from = archive;
        if (from == null) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "digest",
                    "there is no other bundle than the configured one: doorstep.rollout.models is not set");
        }
        return file -> from.get(digest + "/" + file);
    }

    private static Manifest own(Manifest manifest, String digest) {
        if (!manifest.digest().equals(digest)) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, Bundle.MANIFEST,
                    Bundle.MANIFEST + " in the folder " + digest + " is that of " + manifest.digest());
        }
        return manifest;
    }
}

package dev.doorstep.predictionservice.registry;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.featurestore.Archive;
import dev.doorstep.forecasting.bundle.Bundle;
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
        if (!DIGEST.matcher(digest).matches()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "digest",
                    "digest must have 64 hex digits: " + DoorstepException.shown(digest));
        }
        if (configured != null && configured.manifest().digest().equals(digest)) {
            return configured;
        }
        if (archive == null) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "digest",
                    "there is no other bundle than the configured one: doorstep.rollout.models is not set");
        }
        Bundle bundle = Bundle.read(file -> archive.get(digest + "/" + file));
        if (!bundle.manifest().digest().equals(digest)) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, Bundle.MANIFEST,
                    Bundle.MANIFEST + " in the folder " + digest + " is that of " + bundle.manifest().digest());
        }
        return bundle;
    }
}

package dev.doorstep.localstack;

import java.nio.file.Path;
import java.util.Objects;

/** Where the user stood when calling the script, which goes to the project's folder. */
public final class CallersFolder {
    private CallersFolder() {}

    /** A path as the user meant it. */
    public static Path resolve(Path path) {
        return Path.of(Objects.requireNonNullElse(System.getenv("DOORSTEP_CALLED_FROM"), "")).toAbsolutePath().resolve(path);
    }
}

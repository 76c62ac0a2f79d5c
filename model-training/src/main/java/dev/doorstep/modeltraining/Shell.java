package dev.doorstep.modeltraining;

import java.nio.file.Path;

/** Paths as the caller of the script means them. */
final class Shell {
    private Shell() {}

    /** A path relative to where the script was called, not to the project's folder. */
    static Path path(Path given) {
        String calledFrom = System.getenv("DOORSTEP_CALLED_FROM");
        return calledFrom == null ? given : Path.of(calledFrom).resolve(given);
    }
}

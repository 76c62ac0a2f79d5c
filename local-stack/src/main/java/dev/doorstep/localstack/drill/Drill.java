package dev.doorstep.localstack.drill;

import dev.doorstep.localstack.stack.Source;
import org.jspecify.annotations.Nullable;

/**
 * One fault.
 *
 * @param name as the command line has it
 * @param description what happens
 * @param source from where the documents come
 * @param brief whether it is short enough to be run with the tests
 * @param fault makes the fault, ends it and says so
 * @param obstacle why it can't be run here, or null
 */
record Drill(String name, String description, Source source, boolean brief, Fault fault, Obstacle obstacle) {
    /** A fault from its start to its end. */
    @FunctionalInterface
    interface Fault {
        void happen(Scene scene) throws Exception;
    }

    /** Finds out why a drill can't be run. */
    @FunctionalInterface
    interface Obstacle {
        @Nullable
        String reason(Scene scene);
    }

    Drill(String name, String description, boolean brief, Fault fault) {
        this(name, description, Source.HTTP, brief, fault, _ -> null);
    }

    Drill(String name, String description, boolean brief, Fault fault, Obstacle obstacle) {
        this(name, description, Source.HTTP, brief, fault, obstacle);
    }
}

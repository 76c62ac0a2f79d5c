package dev.doorstep.localstack.stack;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the stack is started.
 *
 * @param root folder of the built project
 * @param data where Kafka and DynamoDB keep their data, and all processes their logs
 * @param durable whether DynamoDB keeps its data in a folder, or only in memory
 * @param portOffset added to every service's ports
 * @param faulty whether the services reach Kafka and DynamoDB through proxies that can make faults
 * @param sources which sources ingest-service reads besides HTTP; their parts are started too
 * @param dynamoDbData where DynamoDB keeps its data when it is durable; null for a folder in {@code data}
 * @param environment more of it for every service
 */
public record StackSettings(Path root, Path data, boolean durable, int portOffset, boolean faulty, @Nullable Path dynamoDbData,
        Set<Source> sources, Map<String, String> environment) {
    public StackSettings {
        sources = Set.copyOf(sources);
        environment = Map.copyOf(environment);
    }

    /** A stack without faults. */
    public StackSettings(Path root, Path data, boolean durable, int portOffset) {
        this(root, data, durable, portOffset, false, null, Set.of(), Map.of());
    }
}

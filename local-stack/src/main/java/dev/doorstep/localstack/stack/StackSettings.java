package dev.doorstep.localstack.stack;

import java.nio.file.Path;

/**
 * How the stack is started.
 *
 * @param root folder of the built project
 * @param data where Kafka and DynamoDB keep their data, and all processes their logs
 * @param durable whether DynamoDB keeps its data there too, or only in memory
 * @param portOffset added to every service's ports
 */
public record StackSettings(Path root, Path data, boolean durable, int portOffset) {}

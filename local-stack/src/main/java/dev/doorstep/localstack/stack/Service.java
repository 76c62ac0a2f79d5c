package dev.doorstep.localstack.stack;

import java.util.List;

/**
 * The services in the order in which they are told of.
 *
 * @param module name of its module and jar
 * @param port its public port, before any offset
 * @param managementPort its management port, before any offset
 * @param replica 1 for the first
 */
public record Service(String module, int port, int managementPort, int replica) {
    private static final int BETWEEN_REPLICAS = 20;

    private Service(String module, int port, int managementPort) {
        this(module, port, managementPort, 1);
    }

    public static final Service INGEST = new Service("ingest-service", 8081, 9081);
    public static final Service FEATURE = new Service("feature-service", 8082, 9082);
    public static final Service PREDICTION = new Service("prediction-service", 8080, 9080);

    /** All of them. */
    public static final List<Service> ALL = List.of(INGEST, FEATURE, PREDICTION);

    /** One more of the same, on ports of its own. */
    public Service nextReplica() {
        return new Service(module, port + BETWEEN_REPLICAS, managementPort + BETWEEN_REPLICAS, replica + 1);
    }

    /** The module, and from the second replica on its number. */
    public String name() {
        return replica == 1 ? module : module + "-" + replica;
    }

    Service offset(int offset) {
        return new Service(module, port + offset, managementPort + offset, replica);
    }
}

package dev.doorstep.localstack.simulation;

/**
 * How a simulated rollout ended.
 *
 * @param scenario its name
 * @param finalState of the rollout
 * @param version that serves at the end
 * @param seconds of real time that it took
 * @param failedRequests predictions and promises that were not answered as they should
 */
public record SimulationResult(String scenario, String finalState, String version, double seconds, long failedRequests) {}

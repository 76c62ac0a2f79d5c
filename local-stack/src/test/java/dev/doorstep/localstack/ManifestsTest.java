package dev.doorstep.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.doorstep.localstack.stack.Service;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The files that run Doorstep elsewhere, as far as they can be checked without running them. */
class ManifestsTest {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of("apps/v1/Deployment", Deployment.class, "v1/Service",
            io.fabric8.kubernetes.api.model.Service.class, "v1/ConfigMap", ConfigMap.class, "v1/ServiceAccount", ServiceAccount.class,
            "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class, "policy/v1/PodDisruptionBudget",
            PodDisruptionBudget.class);

    /** The typed models keep unknown fields in a map; without that map an unknown field is an error. */
    private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    /** The parts of a kustomization that are used here. */
    record Kustomization(String apiVersion, String kind, @Nullable List<String> resources, @Nullable List<JsonNode> labels,
            @Nullable List<JsonNode> secretGenerator, @Nullable List<JsonNode> patches) {}

    @Test
    void kubernetes_everyManifest_hasNoUnknownField() throws IOException {
        List<HasMetadata> base = resources(Project.ROOT.resolve("k8s/base"));
        assertThat(base).extracting(HasMetadata::getKind).contains("Deployment", "Service", "ConfigMap", "ServiceAccount",
                "HorizontalPodAutoscaler", "PodDisruptionBudget");
        assertThat(resources(Project.ROOT.resolve("k8s/overlays/local"))).hasSizeGreaterThan(base.size());
    }

    @Test
    void kubernetes_scaleOnLag_asksForWhatTheAdapterHas() throws IOException {
        Path component = Project.ROOT.resolve("k8s/components/scale-on-lag");
        assertThat(resources(component)).isEmpty();
        List<String> scaled = new ArrayList<>();
        for (String service : List.of("ingest-service", "feature-service")) {
            HorizontalPodAutoscaler autoscaler = (HorizontalPodAutoscaler) read(component.resolve(service + ".yaml")).getFirst();
            HorizontalPodAutoscaler patched = (HorizontalPodAutoscaler) resources(Project.ROOT.resolve("k8s/base")).stream()
                    .filter(each -> each.getKind().equals("HorizontalPodAutoscaler")
                            && each.getMetadata().getName().equals(autoscaler.getMetadata().getName()))
                    .findFirst().orElseThrow();
            // A patch replaces the whole list.
            assertThat(autoscaler.getSpec().getMetrics()).containsAll(patched.getSpec().getMetrics());
            autoscaler.getSpec().getMetrics().stream().filter(metric -> metric.getExternal() != null)
                    .forEach(metric -> scaled.add(metric.getExternal().getMetric().getName()));
        }
        assertThat(
                yaml.readTree(component.resolve("prometheus-adapter.yaml").toFile()).at("/rules/external").findValuesAsText("seriesQuery"))
                .containsExactlyElementsOf(scaled);
        assertThat(Project.read("docs/sources.md")).contains(scaled);
    }

    @Test
    void kubernetes_misspeltField_wouldBeFound() {
        String misspelt = "{apiVersion: apps/v1, kind: Deployment, spec: {replica: 2}}";
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> yaml.readValue(misspelt, Deployment.class))
                .hasMessageContaining("replica");
    }

    @Test
    void kubernetes_deployments_probeAndExposeWhatTheServicesHave() throws IOException {
        List<HasMetadata> base = resources(Project.ROOT.resolve("k8s/base"));
        for (Service service : Service.ALL) {
            Deployment deployment = (Deployment) base.stream()
                    .filter(each -> each.getKind().equals("Deployment") && each.getMetadata().getName().equals(service.module()))
                    .findFirst().orElseThrow();
            Container container = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
            assertThat(container.getPorts()).extracting(ContainerPort::getContainerPort).containsExactly(service.port(),
                    service.managementPort());
            assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/readiness");
            assertThat(container.getReadinessProbe().getHttpGet().getPort().getStrVal()).isEqualTo("management");
            assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
            assertThat(deployment.getSpec().getSelector().getMatchLabels())
                    .isEqualTo(deployment.getSpec().getTemplate().getMetadata().getLabels());
            assertThat(base).filteredOn(each -> each.getMetadata().getName().equals(service.module())).extracting(HasMetadata::getKind)
                    .containsExactlyInAnyOrder("Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget");
            assertThat(Project.read(service.module() + "/Dockerfile")).contains("EXPOSE " + service.port() + " " + service.managementPort())
                    .contains("USER 10001").contains("HEALTHCHECK").contains("/dev/tcp/127.0.0.1/" + service.managementPort());
            assertThat(Project.read("observability/prometheus.yml")).contains(service.module() + ":" + service.managementPort());
        }
    }

    @Test
    void compose_isValidByItsSchema() throws IOException, InterruptedException {
        assumeTrue(Project.hasTool("docker-compose"), "docker-compose is not installed");
        String config = Project.run(List.of("docker-compose", "-f", "docker-compose.yml", "config"));
        assertThat(config).contains("ingest-service:", "feature-service:", "prediction-service:", "kafka:", "dynamodb:", "prometheus:",
                "grafana:");
    }

    @Test
    void rules_areValidAndFireWhenTheyShould() throws IOException, InterruptedException {
        assumeTrue(Project.hasTool("promtool"), "promtool is not installed");
        assertThat(Project.run(List.of("promtool", "check", "rules", "observability/rules/doorstep.yml"))).contains("SUCCESS");
        assertThat(Project.run(List.of("promtool", "test", "rules", "observability/rules-test.yml"))).contains("SUCCESS");
    }

    @Test
    void workflow_runsTheTestCommand() throws IOException {
        JsonNode workflow = yaml.readTree(Project.ROOT.resolve(".github/workflows/test.yml").toFile());
        assertThat(workflow.at("/jobs/test/steps").findValuesAsText("run")).contains("./doorstep test");
        assertThat(Project.read(".ci/run")).endsWith("exec ./doorstep test\n");
    }

    /** All resources of a kustomization, those of its bases included. */
    private List<HasMetadata> resources(Path directory) throws IOException {
        Kustomization kustomization = yaml.readValue(directory.resolve("kustomization.yaml").toFile(), Kustomization.class);
        List<HasMetadata> resources = new ArrayList<>();
        for (String name : Objects.requireNonNullElse(kustomization.resources(), List.<String>of())) {
            Path resource = directory.resolve(name).normalize();
            assertThat(resource).exists();
            if (Files.isDirectory(resource)) {
                resources.addAll(resources(resource));
            } else {
                resources.addAll(read(resource));
            }
        }
        for (JsonNode patch : Objects.requireNonNullElse(kustomization.patches(), List.<JsonNode>of())) {
            if (patch.has("path")) {
                assertThat(read(directory.resolve(patch.path("path").asText()))).isNotEmpty();
            }
        }
        return resources;
    }

    private List<HasMetadata> read(Path file) throws IOException {
        List<HasMetadata> resources = new ArrayList<>();
        for (JsonNode document : yaml.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll()) {
            String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
            Class<? extends HasMetadata> type = KINDS.get(kind);
            assertThat(type).as(file + " has a kind that no model is known for: " + kind).isNotNull();
            resources.add(yaml.treeToValue(document, type));
        }
        return resources;
    }
}

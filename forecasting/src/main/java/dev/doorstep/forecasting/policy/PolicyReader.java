package dev.doorstep.forecasting.policy;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.place.Places;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads and checks policies, written in YAML. */
public final class PolicyReader {
    private static final double SUM_TOLERANCE = 1e-6;
    private static final int LONGEST_TABLE = 60;

    private final Places places;
    private final YAMLMapper yaml = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();
    private final JsonMapper json = new JsonMapper();

    public PolicyReader(Places places) {
        this.places = places;
    }

    /** The policy that ships with Doorstep, to be edited by every store. */
    public LoadedPolicy readDefault() {
        try (InputStream in = Objects.requireNonNull(PolicyReader.class.getResourceAsStream("default-policy.yaml"))) {
            return read(in);
        } catch (IOException e) {
            throw new IllegalStateException("the default policy can't be read", e);
        }
    }

    /**
     * Reads a policy.
     *
     * @throws IllegalArgumentException when it is no policy or contradicts itself, naming the key and its value
     */
    public LoadedPolicy read(InputStream in) throws IOException {
        JsonNode tree;
        Policy policy;
        try {
            tree = yaml.readTree(in);
            policy = yaml.treeToValue(tree, Policy.class);
        } catch (JacksonException e) {
            String what = e.getCause() instanceof NullPointerException missing
                    ? missing.getMessage() + " is missing"
                    : e.getOriginalMessage();
            throw new IllegalArgumentException("policy: " + what + " " + e.getPathReference(), e);
        }
        require(policy != null, "it is empty");
        check(policy);
        byte[] bytes = json.writeValueAsBytes(tree);
        return new LoadedPolicy(policy, ContentHash.of(bytes, 0, bytes.length), new String(bytes, StandardCharsets.UTF_8));
    }

    private void check(Policy policy) {
        requireOneOf("defaultOrigin", policy.defaultOrigin(), policy.origins());
        requireOneOf("defaultService", policy.defaultService(), policy.services());
        require(policy.quoteValidity().isPositive(), "quoteValidity must be positive: " + policy.quoteValidity());
        policy.origins().forEach((name, origin) -> {
            require(origin.country().matches("[A-Z]{2}") && places.knowsCountry(origin.country()),
                    "origins." + name + ".country is not a known two-letter code in capitals: " + origin.country());
            Map<String, LocalTime> cutoffs = origin.cutoffs();
            if (cutoffs != null) {
                cutoffs.keySet().forEach(service -> requireOneOf("origins." + name + ".cutoffs", service, policy.services()));
            }
            check("origins." + name + ".prepares", origin.prepares());
            check("origins." + name + ".pickup", origin.pickup());
        });
        policy.services().forEach((name, service) -> {
            check("services." + name + ".delivers", service.delivers());
            for (Policy.DistanceBand band : Policy.DistanceBand.values()) {
                Policy.OpenDayTable table = service.transit().get(band);
                if (table != null) {
                    check("services." + name + ".transit." + band, table);
                }
            }
            require(!service.transit().isEmpty(), "services." + name + ".transit names no distance band");
        });
        require(!policy.handling().isEmpty(), "handling names no class");
        policy.handling().forEach((name, table) -> check("handling." + name, table));
        check("surge.delay", policy.surge().delay());
        check("outOfStock", policy.outOfStock());
    }

    private static void check(String key, Policy.Calendar calendar) {
        require(!calendar.weekdays().isEmpty(), key + ".weekdays names no day");
        Set<?> closed = calendar.closed();
        Set<?> open = calendar.open();
        if (closed != null && open != null) {
            for (Object day : closed) {
                require(!open.contains(day), key + ": " + day + " is both in closed and in open");
            }
        }
    }

    private static void check(String key, Policy.OpenDayTable table) {
        double sum = 0;
        for (double probability : table.probabilities()) {
            require(probability >= 0, key + " has a negative probability: " + probability);
            sum += probability;
        }
        require(Math.abs(sum - 1) <= SUM_TOLERANCE, key + " must add up to 1: " + sum);
        require(table.probabilities().size() <= LONGEST_TABLE, key + " has more than " + LONGEST_TABLE + " days");
    }

    private static void requireOneOf(String key, String value, Map<String, ?> names) {
        require(names.containsKey(value), key + " names " + value + ", which is not one of " + names.keySet().stream().sorted().toList());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("policy: " + message);
        }
    }
}

package dev.doorstep.modeltraining.training;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.OrdersFile;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is trained from.
 *
 * @param policy calendars and cut-offs of the origins and services that it names, or null to find working days out of the orders
 * @param seed the same seed, orders, platform and thread count give the same bundle
 * @param threads 1 or more
 * @param name of the model
 * @param version semantic
 * @param sources digests of the files that all of this was read from
 * @param given the forest where it was grown elsewhere, else null
 */
public record Input(OrdersFile file, Mapping mapping, Places places, @Nullable Policy policy, long seed, int threads, String name,
        String version, Map<String, String> sources, @Nullable GivenModel given) {
    public Input {
        sources = Map.copyOf(sources);
    }
}

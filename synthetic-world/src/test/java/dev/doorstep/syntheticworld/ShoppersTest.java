package dev.doorstep.syntheticworld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.forecasting.policy.PolicyReader;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ShoppersTest {
    private static final int ORDERS = 20_000;
    private static final long SEED = 3;

    @Test
    void arrivals_areWhereTheTruthHasThem_alsoAtOtherInstants() {
        Places places = Places.load();
        Policy policy = new PolicyReader(places).readDefault().policy();
        Shoppers shoppers = new Shoppers(SEED, ORDERS, policy, places, new Calendars());
        World world = new World(SEED, ORDERS, policy, places, new Calendars());
        Truth truth = new Truth(world);
        double sum = 0;
        int count = 4_000;
        for (int i = 0; i < count; i++) {
            Shoppers.Wish wish = shoppers.wish(i);
            Placed order = world.orders.stream().filter(each -> each.number() == wish.order()).findFirst().orElseThrow();
            assertThat(world.products.get(order.product()).sku()).isEqualTo(wish.sku());
            assertThat(world.destinations.get(order.destination()).zipCode()).isEqualTo(wish.zipCode());
            // Long after the world's last order, at every hour of the week.
            Instant at = Instant.parse("2027-03-01T00:00:00Z").plusSeconds(i * 3_607L);
            long orderDay = at.atZone(World.ZONE).toLocalDate().toEpochDay();
            double[] probabilities = truth.of(order.at(at.toEpochMilli()), orderDay);
            int arrived = (int) (shoppers.arrival(wish, at, 0).atZone(World.ZONE).toLocalDate().toEpochDay() - orderDay);
            assertThat(arrived).isBetween(0, probabilities.length - 1);
            for (int day = 0; day < arrived; day++) {
                sum += probabilities[day];
            }
            sum += probabilities[arrived] / 2;
        }
        // Half of the mass lies before each arrival; a little less, since no storm comes that the truth reckons with.
        assertThat(sum / count).isCloseTo(0.49, within(0.015));
        assertThat(shoppers.skus()).hasSizeGreaterThan(50);
    }
}

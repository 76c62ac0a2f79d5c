package dev.doorstep.commonmodel.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureSchemaTest {
    @Test
    void current_startsWithTheTemporalFeatures() {
        assertThat(FeatureSchema.CURRENT.features()).extracting(FeatureDefinition::name).startsWith("day_of_year", "day_of_week",
                "hour_of_day");
    }

    @Test
    void constructor_sameNameTwice_isRefused() {
        FeatureDefinition feature = new FeatureDefinition("x", FeatureType.NUMBER, "day", "0");
        assertThatThrownBy(() -> new FeatureSchema("1.0.0", List.of(feature, feature))).hasMessageContaining("x twice");
    }

    @Test
    void areaKey_isCountryAndThreeCharacters() {
        assertThat(EntityKey.area("US", "94110-1234")).isEqualTo("area#US-941");
        assertThat(EntityKey.area("IE", "D2")).isEqualTo("area#IE-D2");
    }

    @Test
    void demand_ofEventType_countsOneKind() {
        assertThat(Demand.ofEventType("cart_add").plus(Demand.ofEventType("product_view")).plus(Demand.ofEventType("scroll")))
                .isEqualTo(new Demand(1, 1, 0));
    }
}

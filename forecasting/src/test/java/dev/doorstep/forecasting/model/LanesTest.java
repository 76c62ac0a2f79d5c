package dev.doorstep.forecasting.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.place.Places;
import org.junit.jupiter.api.Test;

class LanesTest {
    private static final Places PLACES = Places.load();
    private final Lanes lanes = new Lanes(PLACES);

    @Test
    void between_knownPostalCode_hasRegionAreaAndDistance() {
        OrderFacts.Lane lane = lanes.between("main", PLACES.find("US", "60638"), PLACES.find("US", "10001"), " 10001-2345", "c", "s");
        assertThat(lane.destinationRegion()).isEqualTo("NY");
        assertThat(lane.area()).isEqualTo("US-100");
        // Chicago to New York is some 1,150 km.
        assertThat(lane.distanceKm()).isCloseTo(1150, within(40.0));
        assertThat(lane.laneKey()).isEqualTo("lane:main>US-NY");
    }

    @Test
    void between_unknownPostalCodeWhereCodesAreKnown_hasNoPlace() {
        OrderFacts.Lane lane = lanes.between("main", PLACES.find("US", "60638"), PLACES.find("US", null), null, "c", "s");
        assertThat(lane.destinationCountry()).isEqualTo("US");
        assertThat(lane.destinationRegion()).isNull();
        assertThat(lane.distanceKm()).isNaN();
    }

    @Test
    void between_countryWhosePostalCodesNobodyKnows_isThatCountryAsAWhole() {
        OrderFacts.Lane lane = lanes.between("main", PLACES.find("DE", "10115"), PLACES.find("FR", "75001"), "75001", "c", "s");
        assertThat(lane.destinationRegion()).isEqualTo("FR");
        assertThat(lane.area()).isEqualTo("FR-750");
        // Berlin to Paris is some 880 km.
        assertThat(lane.distanceKm()).isCloseTo(880, within(40.0));
    }

    @Test
    void between_nothingKnown_isNothing() {
        OrderFacts.Lane lane = lanes.between(null, null, PLACES.find("XX", "1"), "1", null, null).withRegions(null, "north");
        assertThat(lane.originRegion()).isNull();
        assertThat(lane.destinationRegion()).isEqualTo("north");
        assertThat(lane.area()).isNull();
        assertThat(lane.latitude()).isNaN();
    }
}

package dev.doorstep.commonmodel.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesTest {
    private static final Places PLACES = Places.load();

    @ParameterizedTest
    @CsvSource({"US,94110,CA,America/Los_Angeles,POSTAL_CODE", "US,10025-1234,NY,America/New_York,POSTAL_CODE",
            "US,86515,AZ,America/Denver,POSTAL_CODE", "US,85001,AZ,America/Phoenix,POSTAL_CODE",
            "US,99501,AK,America/Anchorage,POSTAL_CODE", "US,94199,CA,America/Los_Angeles,AREA", "US,941,CA,America/Los_Angeles,AREA",
            "US,1001,MA,America/New_York,POSTAL_CODE",
            "US,00000,'',America/New_York,COUNTRY", "US,,'',America/New_York,COUNTRY", "DE,10115,'',Europe/Berlin,COUNTRY",
            "AU,2000,'',Australia/Sydney,COUNTRY", "XX,1,'',Z,UNKNOWN"})
    void find_fallsBackOutward(String country, String postalCode, String region, String zone, Precision precision) {
        Place place = PLACES.find(country, postalCode);
        assertThat(place.region()).isEqualTo(region);
        assertThat(place.zone().getId()).isEqualTo(zone);
        assertThat(place.precision()).isEqualTo(precision);
    }

    @Test
    void load_knowsTheZipCodesOfTheUnitedStates() {
        assertThat(PLACES.zipCodeCount()).isBetween(40_900, 41_500);
        assertThat(PLACES.knowsCountry("de")).isTrue();
        assertThat(PLACES.knowsCountry("XX")).isFalse();
    }

    @Test
    void distanceKm_sanFranciscoToNewYork_isAbout4130() {
        // 4,129 km by the calculator of the National Hurricane Center for these coordinates.
        assertThat(PLACES.find("US", "94110").distanceKm(PLACES.find("US", "10001"))).isCloseTo(4130, within(15.0));
        assertThat(PLACES.find("US", "94110").distanceKm(PLACES.find("US", "94110"))).isZero();
    }
}

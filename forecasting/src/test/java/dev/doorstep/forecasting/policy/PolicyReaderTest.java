package dev.doorstep.forecasting.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.place.Places;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReaderTest {
    private static final PolicyReader READER = new PolicyReader(Places.load());
    private String text = "";

    @BeforeEach
    void readText() throws IOException {
        try (InputStream in = Objects.requireNonNull(PolicyReader.class.getResourceAsStream("default-policy.yaml"))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void digest_dependsOnContentAndNotOnLayout() throws IOException {
        LoadedPolicy policy = READER.readDefault();
        assertThat(policy.digest()).matches("[0-9a-f]{64}");
        assertThat(read(text.replace("quoteValidity: PT24H\n", "").concat("\n# moved\nquoteValidity: PT24H\n")).digest())
                .isEqualTo(policy.digest());
        assertThat(read(text.replace("PT24H", "PT12H")).digest()).isNotEqualTo(policy.digest());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"defaultOrigin: main|defaultOrigin: moon|moon",
            "defaultService: standard|defaultService: drone|drone",
            "quoteValidity: PT24H|quoteValidity: PT0S|quoteValidity", "country: US|country: XX|XX",
            "quoteValidity: PT24H|quoteValidityy: PT24H|quoteValidity is missing", "cutoff: \"14:00\"|cutoff: \"25:00\"|25:00",
            "[0.62, 0.30, 0.06, 0.02]|[0.62, 0.30, 0.06]|handling.standard", "[0.62, 0.30, 0.06, 0.02]|[1.5, -0.5]|handling.standard",
            "cutoff: \"14:00\"|cutoff: \"14:00\", closed: 3|closed", "surge:|rush:|surge"})
    void read_contradiction_isRefusedNamingKeyAndValue(String from, String to, String named) {
        assertThat(text).contains(from);
        assertThatThrownBy(() -> read(text.replaceFirst(java.util.regex.Pattern.quote(from), to)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("policy: ").hasMessageContaining(named);
    }

    @Test
    void read_cutoffOfAServiceThatIsNone_isRefused() {
        String cutoffs = "cutoff: \"14:00\"\n    cutoffs: {%s: \"16:00\"}";
        assertThatThrownBy(() -> read(text.replace("cutoff: \"14:00\"", cutoffs.formatted("drone"))))
                .hasMessage("policy: origins.main.cutoffs names drone, which is not one of [economy, expedited, overnight, standard]");
        assertThatThrownBy(() -> read(text.replace("cutoff: \"14:00\"", "cutoff: \"14:00\"\n    cutoffs: {expedited: }")))
                .hasMessageContaining("cutoffs.expedited is missing");
        assertThatCode(() -> read(text.replace("cutoff: \"14:00\"", cutoffs.formatted("expedited")))).doesNotThrowAnyException();
    }

    @Test
    void json_isReadAsTheSamePolicy() throws IOException {
        LoadedPolicy policy = READER.readDefault();
        assertThat(read(policy.json())).isEqualTo(policy);
    }

    @Test
    void read_emptyOrNoYaml_isRefused() {
        assertThatThrownBy(() -> read("")).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("policy: ");
        assertThatThrownBy(() -> read("{[")).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("policy: ");
        assertThatThrownBy(() -> read("defaultOrigin: main")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("policy: ");
    }

    private static LoadedPolicy read(String policy) throws IOException {
        return READER.read(new ByteArrayInputStream(policy.getBytes(StandardCharsets.UTF_8)));
    }
}

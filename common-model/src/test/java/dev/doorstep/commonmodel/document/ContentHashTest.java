package dev.doorstep.commonmodel.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.DoorstepException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentHashTest {
    @Test
    void of_knownContent_isSha256OfItsCanonicalForm() {
        // sha256 of {"a":1,"b":[true,null,"x"]} as sha256sum gives it
        String expected = "eca8cfb31ab74533e1eb2f4c74d2d55dfe3c79ac704787e54be8647ea7777eb1";
        assertThat(hash("{ \"b\":[true, null,\"x\"] , \"a\": 1.0 }")).isEqualTo(hash("{\"a\":1,\"b\":[true,null,\"x\"]}"));
        assertThat(hash("{\"a\":1,\"b\":[true,null,\"x\"]}")).isEqualTo(expected);
    }

    @Test
    void of_otherContent_isAnotherHash() {
        assertThat(hash("{\"a\":1}")).isNotEqualTo(hash("{\"a\":2}")).isNotEqualTo(hash("{\"a\":\"1\"}"));
    }

    @Test
    void of_numberBeyondADouble_isRefused() {
        assertThatThrownBy(() -> hash("{\"a\":1e400}")).isInstanceOf(DoorstepException.class).hasMessageContaining("_source");
    }

    private static String hash(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return ContentHash.of(bytes, 0, bytes.length);
    }
}

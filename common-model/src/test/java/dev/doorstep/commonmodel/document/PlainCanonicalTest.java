package dev.doorstep.commonmodel.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainCanonicalTest {
    private static final AtomicInteger PLAIN = new AtomicInteger();

    @Test
    void of_plainJson_dropsSpaceAndOrdersNames() {
        assertThat(canonical(" { \"b\" : [ 1 , -20,true ,null, {} , [] ] , \"a\":{\"z\":\"x y\",\"Z\":false} ,\"aa\":0}\n"))
                .isEqualTo("{\"a\":{\"Z\":false,\"z\":\"x y\"},\"aa\":0,\"b\":[1,-20,true,null,{},[]]}");
    }

    @ParameterizedTest
    @CsvSource({"49.5, 49.5", "49.50, 49.5", "1.0, 1", "-0.25, -0.25", "0.0, 0", "0.000001, 0.000001", "0.0000010, 0.000001",
            "123456789.123456, 123456789.123456", "100, 100", "10.010, 10.01"})
    void of_decimal_dropsZerosAtItsEnd(String number, String canonical) throws IOException {
        assertThat(canonical("[" + number + "]")).isEqualTo("[" + canonical + "]")
                .isEqualTo(new JsonCanonicalizer("[" + number + "]").getEncodedString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1.}", "{\"a\":.5}", "{\"a\":1.5e0}", "{\"a\":-0.0}", "{\"a\":0.0000001}", "{\"a\":00.1}",
            "{\"a\":1.234567890123456}", "{\"a\":1.2.3}", "{\"a\":1e3}", "{\"a\":-0}", "{\"a\":01}", "{\"a\":1234567890123456}",
            "{\"a\":\"\\n\"}",
            "{\"a\":\"ä\"}",
            "{\"ä\":1}", "{\"a\":1,\"a\":2}", "{\"a\":1", "{\"a\" 1}", "{a:1}", "{\"a\":tru}", "{\"a\":nul", "{\"a\":-}", "[1 2]", "[1,]",
            "{\"a\":1,}",
            "{} {}", "", "{\"a\":\"x"})
    void of_anythingElse_hasNoAnswer(String text) {
        assertThat(canonical(text)).isNull();
    }

    @Test
    void of_deepOrWide_hasNoAnswer() {
        assertThat(canonical("[".repeat(40) + "]".repeat(40))).isNull();
        StringBuilder wide = new StringBuilder("{\"m0\":0");
        for (int i = 1; i < 65; i++) {
            wide.append(",\"m").append(i).append("\":0");
        }
        assertThat(canonical(wide + "}")).isNull();
    }

    @Property(tries = 3_000)
    void of_anyJson_isWhatTheLibrarySays(@ForAll("objects") String text) throws IOException {
        String canonical = canonical(text);
        if (canonical != null) {
            PLAIN.incrementAndGet();
            assertThat(canonical).isEqualTo(new JsonCanonicalizer(text).getEncodedString());
        }
    }

    @AfterContainer
    static void mostOfIt_wasPlain() {
        assertThat(PLAIN.get()).isGreaterThan(500);
    }

    @Provide
    Arbitrary<String> objects() {
        Arbitrary<String> space = Arbitraries.of("", "", " ", "\n\t");
        Arbitrary<String> key = Arbitraries.strings().withChars('a', 'b', 'Z', '_', '1', '~').ofMinLength(0).ofMaxLength(3)
                .map(name -> "\"" + name + "\"");
        Arbitrary<String> scalar = Arbitraries.oneOf(Arbitraries.of("true", "false", "null", "0", "-7", "1.5", "1e2", "-0"),
                Arbitraries.bigDecimals().between(BigDecimal.valueOf(-1_000_000), BigDecimal.valueOf(1_000_000)).ofScale(9)
                        .map(BigDecimal::toPlainString),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.longs().map(String::valueOf), Arbitraries.integers().map(String::valueOf),
                Arbitraries.strings().withCharRange(' ', '~').excludeChars('"', '\\').ofMaxLength(8).map(string -> "\"" + string + "\""),
                Arbitraries.of("\"\\u0041\"", "\"é\"", "\"\\\\\""));
        Arbitrary<String> value = Arbitraries.lazyOf(() -> scalar, () -> scalar, () -> scalar, () -> object(space, key, scalar),
                () -> scalar.list().ofMaxSize(3).map(all -> "[" + String.join(" , ", all) + "]"));
        return object(space, key, value);
    }

    private static Arbitrary<String> object(Arbitrary<String> space, Arbitrary<String> key, Arbitrary<String> value) {
        return net.jqwik.api.Combinators.combine(key.list().uniqueElements().ofMaxSize(4), value.list().ofSize(4), space)
                .as((keys, values, blank) -> {
                    StringBuilder object = new StringBuilder(blank).append('{');
                    for (int i = 0; i < keys.size(); i++) {
                        object.append(i > 0 ? "," : "").append(blank).append(keys.get(i)).append(blank).append(':').append(values.get(i));
                    }
                    return object.append(blank).append('}').append(blank).toString();
                });
    }

    private static @Nullable String canonical(String text) {
        byte[] bytes = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
        byte[] canonical = PlainCanonical.of(bytes, 2, bytes.length - 4);
        return canonical == null ? null : new String(canonical, StandardCharsets.UTF_8);
    }
}

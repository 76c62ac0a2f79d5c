package dev.doorstep.commonmodel.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.doorstep.commonmodel.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentParserTest {
    private final DocumentParser parser = new DocumentParser(Clock.fixed(Instant.parse("2024-11-17T22:00:00Z"), ZoneOffset.UTC));

    @Test
    void parse_fullDocument_keepsTheKnownFields() {
        ParsedDocument.Usable usable = usable(
                """
                {"_index":"i","_id":"e1","_source":{"createdDateTime":1731880381293,"sessionId":"s1","eventType":"cart_add","customerKey":17,
                 "customer":{"email":"nobody@mail.example"},
                 "products":[{"sku":"A","quantity":2,"price":"9.50","stock":-3,"handlingClass":"fragile","name":"Lamp"},{"sku":77}],
                 "shipping":{"country":"us","postalCode":94110,"method":"standard","address":{"line1":"x"}}}}
                """);
        assertThat(usable.document()).isEqualTo(new ClickstreamDocument("e1", 1731880381293L, "s1", "cart_add", "17",
                List.of(new Product("A", 2, 9.5, -3, "fragile"), new Product("77", 1, null, null, null)),
                new Shipping("US", "94110", "standard")));
    }

    @Test
    void parse_onlyWhatIsRequired_isEnough() {
        ClickstreamDocument document = usable("{\"_id\":\"e\",\"_source\":{\"createdDateTime\":\"2024-11-17T21:53:01.293Z\"}}").document();
        assertThat(document)
                .isEqualTo(new ClickstreamDocument("e", 1731880381293L, null, null, null, List.of(), null));
    }

    @Test
    void parse_source_isFoundByItsBytes() {
        String text = "{\"_id\":\"ü\", \"_source\" : {\"createdDateTime\":0, \"x\":{\"y\":[1]}} ,\"z\":1}";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ParsedDocument.Usable usable = usable(text);
        assertThat(new String(bytes, usable.sourceOffset(), usable.sourceLength(), StandardCharsets.UTF_8))
                .isEqualTo("{\"createdDateTime\":0, \"x\":{\"y\":[1]}}");
    }

    static Stream<Arguments> unusable() {
        String deep = "[".repeat(200) + "]".repeat(200);
        return Stream.of(arguments("rubbish", ErrorCode.NOT_JSON, null), arguments("[1]", ErrorCode.NOT_JSON, null),
                arguments("{\"_id\":\"a\"", ErrorCode.NOT_JSON, null),
                arguments("{\"_id\":\"a\",\"_source\":{\"createdDateTime\":1}} x", ErrorCode.NOT_JSON, null),
                arguments("{\"_id\":\"a\",\"_id\":\"b\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.DUPLICATE_KEY, null),
                arguments("{\"_id\":\"a\",\"_source\":{\"x\":{\"k\":1,\"k\":2},\"createdDateTime\":1}}", ErrorCode.DUPLICATE_KEY, null),
                arguments("{\"_id\":\"a\",\"_source\":{\"x\":" + deep + ",\"createdDateTime\":1}}", ErrorCode.TOO_DEEP, null),
                arguments("{\"_source\":{\"createdDateTime\":1}}", ErrorCode.MISSING_ID, "_id"),
                arguments("{\"_id\":\"\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.MISSING_ID, "_id"),
                arguments("{\"_id\":null,\"_source\":{\"createdDateTime\":1}}", ErrorCode.MISSING_ID, "_id"),
                arguments("{\"_id\":{},\"_source\":{\"createdDateTime\":1}}", ErrorCode.INVALID_FIELD, "_id"),
                arguments("{\"_id\":\"" + "i".repeat(513) + "\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.INVALID_FIELD, "_id"),
                arguments("{\"_id\":\"\\ud800x\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.INVALID_FIELD, "_id"),
                arguments("{\"_id\":\"x\\ud83d\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.INVALID_FIELD, "_id"),
                arguments("{\"_id\":\"\\ud83d\\ude00\\ude00\",\"_source\":{\"createdDateTime\":1}}", ErrorCode.INVALID_FIELD, "_id"),
                arguments("{\"_id\":\"a\"}", ErrorCode.MISSING_CREATED_DATE_TIME, "_source.createdDateTime"),
                arguments("{\"_id\":\"a\",\"_source\":null}", ErrorCode.MISSING_CREATED_DATE_TIME, "_source.createdDateTime"),
                arguments("{\"_id\":\"a\",\"_source\":{}}", ErrorCode.MISSING_CREATED_DATE_TIME, "_source.createdDateTime"),
                arguments("{\"_id\":\"a\",\"_source\":7}", ErrorCode.INVALID_FIELD, "_source"),
                arguments(source("\"createdDateTime\":true"), ErrorCode.UNREADABLE_TIMESTAMP, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":1.5"), ErrorCode.UNREADABLE_TIMESTAMP, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":\"yesterday\""), ErrorCode.UNREADABLE_TIMESTAMP, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":-1"), ErrorCode.TIMESTAMP_OUT_OF_RANGE, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":1731967200001"), ErrorCode.TIMESTAMP_OUT_OF_RANGE, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":" + "9".repeat(300)), ErrorCode.TIMESTAMP_OUT_OF_RANGE, "_source.createdDateTime"),
                arguments(source("\"createdDateTime\":1,\"sessionId\":[]"), ErrorCode.INVALID_FIELD, "_source.sessionId"),
                arguments(source("\"createdDateTime\":1,\"products\":{}"), ErrorCode.INVALID_FIELD, "_source.products"),
                arguments(source("\"createdDateTime\":1,\"products\":[3]"), ErrorCode.INVALID_FIELD, "_source.products[0]"),
                arguments(source("\"createdDateTime\":1,\"products\":[{}]"), ErrorCode.INVALID_FIELD, "_source.products[0].sku"),
                arguments(source("\"createdDateTime\":1,\"products\":[{\"sku\":\"A\"},{\"sku\":\"B\",\"quantity\":-1}]"),
                        ErrorCode.INVALID_FIELD, "_source.products[1].quantity"),
                arguments(source("\"createdDateTime\":1,\"products\":[{\"sku\":\"A\",\"price\":1e999}]"), ErrorCode.INVALID_FIELD,
                        "_source.products[0].price"),
                arguments(source("\"createdDateTime\":1,\"products\":[" + "{\"sku\":\"A\"},".repeat(500) + "{\"sku\":\"A\"}]"),
                        ErrorCode.INVALID_FIELD, "_source.products"),
                arguments(source("\"createdDateTime\":1,\"shipping\":{\"country\":\"USA\"}"), ErrorCode.INVALID_FIELD,
                        "_source.shipping.country"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void parse_unusable_namesReasonAndField(String text, ErrorCode code, @Nullable String field) {
        Refusal refusal = refused(text.getBytes(StandardCharsets.UTF_8));
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.field()).isEqualTo(field);
        assertThat(refusal.message()).isNotBlank().hasSizeLessThan(400);
        if (field != null) {
            assertThat(refusal.message()).startsWith(field);
        }
    }

    @Test
    void parse_invalidUtf8_isNotJson() {
        byte[] bytes = source("\"createdDateTime\":1,\"sessionId\":\"?\"").getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '?') {
                bytes[i] = (byte) 0xC3;
            }
        }
        assertThat(refused(bytes).code()).isEqualTo(ErrorCode.NOT_JSON);
        byte[] utf16 = source("\"createdDateTime\":1").getBytes(StandardCharsets.UTF_16);
        assertThat(refused(utf16).code()).isEqualTo(ErrorCode.NOT_JSON);
    }

    @Test
    void parse_oversizedOrCutOff_saysSo() {
        RawDocument oversized = new RawDocument(new byte[10], 0, 10, 0, 0, 999_999, "00", true, null);
        assertThat(((ParsedDocument.Refused) parser.parse(oversized)).refusal().code()).isEqualTo(ErrorCode.TOO_LARGE);
        RawDocument cut = new RawDocument(new byte[10], 0, 10, 3, 77, 10, "", false, null);
        assertThat(((ParsedDocument.Refused) parser.parse(cut)).refusal().message()).contains("77");
    }

    @Test
    void parse_hugeNumberInUnknownField_isNoError() {
        assertThat(usable(source("\"createdDateTime\":1,\"x\":1e400,\"y\":" + "8".repeat(900))).document().id()).isEqualTo("a");
    }

    private static String source(String fields) {
        return "{\"_id\":\"a\",\"_source\":{" + fields + "}}";
    }

    private ParsedDocument.Usable usable(String text) {
        return (ParsedDocument.Usable) parser.parse(RawDocument.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Refusal refused(byte[] bytes) {
        return ((ParsedDocument.Refused) parser.parse(RawDocument.of(bytes))).refusal();
    }
}

package dev.doorstep.ingestservice.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class OutcomeReaderTest {
    private final OutcomeReader reader = new OutcomeReader(Clock.fixed(Instant.parse("2026-11-25T00:00:00Z"), ZoneOffset.UTC));
    private final JsonMapper json = new JsonMapper();

    @Test
    void read_allFields_givesTheOutcome() {
        assertThat(reader.read(json.readTree("""
                                             {"outcomeId":"s1","promiseId":"p","orderId":"o","shipmentId":"b","type":"lost",
                                              "occurredAt":"2026-11-20T10:00:00+01:00"}""")))
                .isEqualTo(new Outcome("s1", "p", "o", "b", Outcome.Type.LOST, Instant.parse("2026-11-20T09:00:00Z")));
    }

    @Test
    void record_isKeyedByItsOrder_elseByItsPromise() {
        assertThat(reader.record(new Outcome("s", "p", "o", null, Outcome.Type.LOST, Instant.EPOCH)).key()).isEqualTo("o");
        assertThat(reader.record(new Outcome("s", "p", null, null, Outcome.Type.LOST, Instant.EPOCH)).key()).isEqualTo("p");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            []                                                                        | body
                                            {}                                                                        | outcomeId
                                            {"outcomeId":""}                                                          | outcomeId
                                            {"outcomeId":7}                                                           | outcomeId
                                            {"outcomeId":"a"}                                                         | promiseId
                                            {"outcomeId":"a","orderId":" "}                                           | orderId
                                            {"outcomeId":"a","orderId":"o"}                                           | type
                                            {"outcomeId":"a","orderId":"o","type":"DELIVERED"}                        | type
                                            {"outcomeId":"a","orderId":"o","type":"lost"}                             | occurredAt
                                            {"outcomeId":"a","orderId":"o","type":"lost","occurredAt":"yesterday"}    | occurredAt
                                            {"outcomeId":"a","orderId":"o","type":"lost","occurredAt":-1}             | occurredAt
                                            {"outcomeId":"a","orderId":"o","type":"lost","occurredAt":"2027-01-01T00:00:00Z"} | occurredAt
                                            {"outcomeId":"a","orderId":"o","type":"lost","occurredAt":1,"place":"x"}  | place
                                            """)
    void read_wrongField_isNamed(String outcome, String field) {
        assertThatThrownBy(() -> reader.read(json.readTree(outcome))).isInstanceOf(DoorstepException.class).hasMessageContaining(field)
                .extracting(e -> ((DoorstepException) e).field()).isEqualTo(field);
    }
}

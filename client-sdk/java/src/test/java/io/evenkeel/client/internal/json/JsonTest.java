package io.evenkeel.client.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void parsesACoordinatorsResponses() throws JsonException {
        Map<String, Object> fields = Json.parse(utf8(
                "{\"a\":\"\\u00e9\\n{[\",\"b\":-9223372036854775801,\"c\":[1,2.5],\"d\":{\"e\":null,\"f\":true}} "));
        assertThat(fields)
                .containsEntry("a", "é\n{[")
                .containsEntry("b", new BigInteger("-9223372036854775801"))
                .containsEntry("c", List.of(1, 2.5));
        assertThat(fields.get("d")).isEqualTo(Json.parse(utf8("{\"f\":true,\"e\":null}")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[1]",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{a:1}",
                "{\"a\":\"\\x\"}",
                "{\"a\":1,}"
            })
    void refusesTextsThatAreNotAnObject(String text) {
        assertThatThrownBy(() -> Json.parse(utf8(text))).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesDeepNestingInsteadOfOverflowingTheStack() {
        char[] open = new char[1_000_000];
        Arrays.fill(open, '[');
        assertThatThrownBy(() -> Json.parse(utf8("{\"a\":" + new String(open))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("deeper than 64");
    }

    @Test
    void writesTheObjectsItParses() throws JsonException {
        Map<String, Object> fields = Map.of("name", "a \"device\" \\ \u2028 é", "weight", 2.5);
        assertThat(Json.parse(Json.write(fields))).isEqualTo(fields);
    }
}

package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests that the JSON form of each golden message encodes to exactly the bytes of the binary form
 * (client-sdk/FORMAT.md).
 */
class JsonMessageVectorsTest {

    private static final Path VECTORS = Path.of("..", "client-sdk", "vectors");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream<Arguments> twins() {
        return JSON.readTree(VECTORS.resolve("index.json").toFile())
                .get("good")
                .valueStream()
                .filter(vector -> vector.has("json"))
                .map(vector -> Arguments.of(
                        vector.get("file").asString(),
                        vector.get("vector").get("dimension").asInt(),
                        vector.get("json")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("twins")
    void encodesToTheBytesOfTheBinaryMessage(String file, int dimension, JsonNode json) throws IOException {
        JsonMessage message = JSON.treeToValue(json, JsonMessage.class);

        assertThat(message.toMessage(dimension).encode()).isEqualTo(Files.readAllBytes(VECTORS.resolve(file)));
    }
}

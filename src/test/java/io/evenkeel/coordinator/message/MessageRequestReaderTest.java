package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.databind.json.JsonMapper;

/** Tests the checks of a message's content, which do not depend on the run's state. */
class MessageRequestReaderTest {

    private static final int DIMENSION = 6;
    private final MessageMemory memory = new MessageMemory(1 << 20, 1 << 20, 1 << 20);
    private final MessageRequestReader reader = new MessageRequestReader(JsonMapper.shared(), memory);
    private PlanCache.Known known = known("top-k:2", "");

    private static PlanCache.Known known(String compressor, String more) {
        String definition = """
                {"name": "r", "dimension": 6, "algorithm": "ef21-norm", "rounds": 9, "compressor": "%s"%s}""";
        return new PlanCache.Known(
                1,
                ValidatedPlan.of(
                        JsonMapper.shared().readValue(definition.formatted(compressor, more), RunDefinition.class)));
    }

    private QueuedMessage read(String type, byte[] body) {
        MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/message");
        request.setContentType(type);
        request.setContent(body);
        try (MessageMemory.Hold hold = memory.hold()) {
            return reader.read(known, "c", new ModelName(1, null), request, hold);
        } catch (IOException | HttpMediaTypeNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    private ProblemException refusal(String type, byte[] body) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, () -> read(type, body));
        assertThat(refused).as(new String(body, StandardCharsets.UTF_8)).isNotNull();
        return refused;
    }

    private ProblemException refusal(byte[] message) {
        return refusal(MessageRequestReader.BINARY_VALUE, message);
    }

    private static byte[] message(int dimension, int... indices) {
        double[] values = new double[indices.length];
        Arrays.fill(values, 0.5);
        CompressedVector delta =
                new CompressedVector(new Support.Listed(dimension, indices), ValueCoding.FLOAT32, values);
        return new Message(2, 7, Report.of(1), delta).encode();
    }

    @Test
    void acceptsAMessageOfThePlan() {
        assertThat(read(MessageRequestReader.BINARY_VALUE, message(DIMENSION, 0, 3))
                        .client())
                .isEqualTo("c");
    }

    @Test
    void refusesFramesThatAreCutDamagedOrOfAnotherVersionOrDimension() {
        byte[] good = message(DIMENSION, 0, 3);
        byte[] corrupted = good.clone();
        corrupted[good.length - 6] ^= 1;
        byte[] newer = good.clone();
        newer[4] = 99;
        for (byte[] wrong : new byte[][] {
            Arrays.copyOf(good, good.length - 3),
            corrupted,
            newer,
            Arrays.copyOf(good, good.length + 1),
            new byte[0],
            message(DIMENSION + 1, 0, 6)
        }) {
            assertThat(refusal(wrong).problem()).isEqualTo(ProblemKind.INVALID_FRAME);
        }
    }

    @Test
    void refusesMoreValuesThanThePlanAllows() {
        assertThat(refusal(message(DIMENSION, 0, 1, 2)).problem()).isEqualTo(ProblemKind.PLAN_EXCEEDED);
        String json = "{\"sequence\":2,\"previous\":\"0000000000000000\",\"indices\":[0,1,2],\"values\":[1,2,3]}";
        assertThat(refusal("application/json", json.getBytes(StandardCharsets.UTF_8))
                        .problem())
                .isEqualTo(ProblemKind.PLAN_EXCEEDED);
    }

    @Test
    void refusesValuesThatCouldMakeTheSumInfinite() {
        String json = "{\"sequence\":1,\"coding\":\"float64\",\"indices\":[0,5],\"values\":[1,-1e101]}";
        ProblemException refused = refusal("application/json", json.getBytes(StandardCharsets.UTF_8));
        assertThat(refused.problem()).isEqualTo(ProblemKind.PLAN_EXCEEDED);
        assertThat(refused.members().get("field")).isEqualTo("values[1]");
        CompressedVector delta = new CompressedVector(
                new Support.Listed(DIMENSION, new int[] {2}), ValueCoding.FLOAT64, new double[] {1.7e308});
        assertThat(refusal(new Message(1, 0, Report.of(1), delta).encode()).problem())
                .isEqualTo(ProblemKind.PLAN_EXCEEDED);
    }

    /** The engine's tests cover the other fields that such a message must not contain. */
    @Test
    void refusesFieldsThatWouldRevealDataOfAPrivateRun() {
        known = known("identity", """
                , "privacy": {"normalization": "clip", "bound": 1, "noiseMultiplier": 20, "budget": {"delta": 1e-6}}""");
        assertField("{\"sequence\":1,\"values\":[0,0,0,0,0,0],\"loss\":0.5}", "loss");
    }

    @Test
    void refusesInvalidFieldsOfJson() {
        assertField("{\"values\":[1,2,3]}", "values");
        assertField("{\"indices\":[0],\"values\":[1,2]}", "indices");
        assertField("{\"indices\":[1,1],\"values\":[1,2]}", "indices");
        assertField("{\"indices\":[2,1],\"values\":[1,2]}", "indices");
        assertField("{\"indices\":[0,6],\"values\":[1,2]}", "indices");
        assertField("{\"indices\":[0,1],\"values\":[1,1e999]}", "values[1]");
        assertField("{\"indices\":[0],\"values\":[1],\"coding\":\"int8\"}", "coding");
        assertField("{\"sequence\":0,\"indices\":[0],\"values\":[1]}", "sequence");
        assertField("{\"previous\":null,\"indices\":[0],\"values\":[1]}", "previous");
        assertField("{\"indices\":[0],\"values\":[1]}", "previous");
        assertField("{\"previous\":\"abc\",\"indices\":[0],\"values\":[1]}", "previous");
    }

    @Test
    void refusesInvalidFiguresOfJson() {
        assertField(figure("\"samples\":-1"), "samples");
        assertField(figure("\"loss\":1e999"), "loss");
        assertField(figure("\"gradientNorm\":-1"), "gradientNorm");
        assertField(figure("\"smoothness\":-0.5"), "smoothness");
        assertField(figure("\"metrics\":{\"accuracy\":null}"), "metrics");
        assertField(figure("\"metrics\":{\"Accuracy!\":1}"), "metrics");
        assertField(figure("\"metrics\":{\"tokens\":-1}"), "metrics.tokens");
        assertField(figure("\"metrics\":{\"steps\":1e16}"), "metrics.steps");
    }

    private static String figure(String figure) {
        return "{\"previous\":\"0000000000000000\",\"indices\":[0],\"values\":[1]," + figure + "}";
    }

    private void assertField(String json, String field) {
        String whole = json.contains("\"sequence\"") ? json : "{\"sequence\":2," + json.substring(1);
        ProblemException refused = refusal("application/json", whole.getBytes(StandardCharsets.UTF_8));
        assertThat(refused.problem()).as(whole).isEqualTo(ProblemKind.INVALID);
        assertThat(refused.members().get("field")).as(whole).isEqualTo(field);
    }
}

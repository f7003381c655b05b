package io.evenkeel.coordinator.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFormatTest {

    private static final TensorLayout LAYOUT = TensorLayout.of(List.of(
            new Tensor("hidden.weight", List.of(3, 4)),
            new Tensor("bias \"b\" é", List.of(4)),
            new Tensor("scale", List.of())));
    private static final double[] MODEL = model(LAYOUT.dimension());

    static List<Object[]> formatsAndTypes() {
        List<Object[]> cases = new ArrayList<>();
        for (ModelFormat format : ModelFormat.values()) {
            for (FloatType type : FloatType.values()) {
                cases.add(new Object[] {format, type});
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("formatsAndTypes")
    void readsBackWhatItWrote(ModelFormat format, FloatType type) throws IOException {
        for (TensorLayout layout : List.of(LAYOUT, TensorLayout.flat(1), TensorLayout.flat(40_000))) {
            double[] x = model(layout.dimension());
            byte[] bytes = write(format, x, layout, type);
            assertThat(bytes).hasSize(Math.toIntExact(format.size(layout, type)));
            double[] expected = type == FloatType.FLOAT64
                    ? x
                    : Arrays.stream(x).map(v -> (float) v).toArray();
            assertThat(format.read(new ByteArrayInputStream(bytes), bytes.length, layout, null))
                    .containsExactly(expected);
            assertThat(format.read(new ByteArrayInputStream(bytes), -1, layout, type))
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("formatsAndTypes")
    void refusesEveryCutAndEveryAddition(ModelFormat format, FloatType type) throws IOException {
        byte[] bytes = write(format, MODEL, LAYOUT, type);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(refusal(format, cut, type).problem()).isEqualTo(ProblemKind.INVALID_FRAME);
        }
        assertThat(refusal(format, Arrays.copyOf(bytes, bytes.length + 1), type).members())
                .containsEntry("position", (long) bytes.length);
    }

    @ParameterizedTest
    @EnumSource(ModelFormat.class)
    void refusesNonFiniteValuesWithTheirPosition(ModelFormat format) throws IOException {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            double[] x = MODEL.clone();
            x[13] = bad;
            byte[] bytes = write(format, x, LAYOUT, FloatType.FLOAT64);
            ProblemException refusal = refusal(format, bytes, FloatType.FLOAT64);
            assertThat(refusal.detail()).contains("coordinate 13").contains("a finite number");
            assertThat(refusal.members()).containsEntry("position", (long) bytes.length - (x.length - 13) * 8L);
        }
    }

    @ParameterizedTest
    @EnumSource(ModelFormat.class)
    void refusesAnyDamageWithAProblem(ModelFormat format) throws IOException {
        byte[] bytes = write(format, MODEL, LAYOUT, FloatType.FLOAT32);
        SplitMix64 random = new SplitMix64(7);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = bytes.clone();
            for (int n = random.next(4); n >= 0; n--) {
                damaged[random.next(damaged.length)] = (byte) random.next();
            }
            try {
                assertThat(format.read(new ByteArrayInputStream(damaged), damaged.length, LAYOUT, FloatType.FLOAT32))
                        .hasSize(MODEL.length);
            } catch (ProblemException refusal) {
                assertThat(refusal.problem()).isEqualTo(ProblemKind.INVALID_FRAME);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void infersTheTypeOfARawModelFromItsLength() throws IOException {
        byte[] bytes = write(ModelFormat.RAW, MODEL, LAYOUT, FloatType.FLOAT64);
        assertThat(ModelFormat.RAW.read(new ByteArrayInputStream(bytes), bytes.length, LAYOUT, null))
                .containsExactly(MODEL);
        assertThatThrownBy(() -> ModelFormat.RAW.read(new ByteArrayInputStream(bytes), 100, LAYOUT, null))
                .hasMessageContaining("byte 100")
                .hasMessageContaining("68 bytes of float32 or 136 of float64 for a model of 17 values");
    }

    @Test
    void isFoundByTextAndMediaType() {
        for (ModelFormat format : ModelFormat.values()) {
            assertThat(ModelFormat.ofText(format.text())).contains(format);
            assertThat(ModelFormat.ofMediaType(format.mediaType())).contains(format);
        }
        assertThat(ModelFormat.ofText("onnx")).isEmpty();
        assertThat(FloatType.ofText("float32")).contains(FloatType.FLOAT32);
        assertThat(FloatType.ofText("float16")).isEmpty();
    }

    private static ProblemException refusal(ModelFormat format, byte[] bytes, @Nullable FloatType type)
            throws IOException {
        try {
            format.read(new ByteArrayInputStream(bytes), -1, LAYOUT, type);
        } catch (ProblemException refusal) {
            return refusal;
        }
        throw new AssertionError("read without a refusal");
    }

    private static byte[] write(ModelFormat format, double[] x, TensorLayout layout, FloatType type)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.write(x, layout, type, out);
        return out.toByteArray();
    }

    private static double[] model(int dimension) {
        return IntStream.range(0, dimension)
                .mapToDouble(j -> StrictMath.sin(j) * 3)
                .toArray();
    }
}

package io.evenkeel.coordinator.round;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A message as JSON, for people with curl. The coordinator encodes it and goes on with the bytes, so the digest is that of the
 * binary message of the same content; values are rounded to their coding, and the device adds what they were rounded to.
 */
@Schema(
        name = "Message",
        description = "What a device sends in a round; application/vnd.evenkeel.message is its binary twin")
final class JsonMessage {

    @Schema(description = "1 for the first message of this client in the run, then 2, 3, …", minimum = "1")
    public long sequence;

    @Schema(description = "the head of the last receipt; 16 zeros before the first")
    public String previous = "0000000000000000";

    @Schema(
            description =
                    "the coordinates the values are of, strictly ascending from 0; left out if there is a value for each")
    public int @Nullable [] indices;

    @Schema(description = "a finite number for each index; float32 values are rounded to that")
    public double @Nullable [] values;

    @Schema(description = "float32, float64 or bf16")
    public String coding = "float32";

    @Schema(description = "how many samples the gradient is of", minimum = "0")
    public long samples;

    @Schema(description = "the local loss at the round's model")
    public @Nullable Double loss;

    @Schema(description = "the local gradient's norm")
    public @Nullable Double gradientNorm;

    @Schema(description = "the local smoothness ratio")
    public @Nullable Double smoothness;

    @Schema(description = "named figures, of which the round's record keeps the means weighted by samples")
    public @Nullable Map<String, Double> metrics;

    /**
     * Converts to a message.
     *
     * @param dimension d of the run
     * @throws FieldException if a field's value is not valid
     */
    Message toMessage(int dimension) {
        if (values == null) {
            throw new FieldException("values", "is missing, expected a finite number for each index");
        }
        if (sequence < 1) {
            throw new FieldException("sequence", "is " + sequence + ", expected at least 1: 1 in the first message");
        }
        Support support = support(dimension, values.length);
        ValueCoding valueCoding = coding();
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw new FieldException("values[" + j + "]", "is " + values[j] + ", expected a finite number");
            }
        }
        double[] rounded = values.clone();
        valueCoding.round(rounded);
        long chain = FieldException.within("previous", () -> Digest.parseHex(previous));
        return new Message(sequence, chain, report(), new CompressedVector(support, valueCoding, rounded));
    }

    private Support support(int dimension, int count) {
        if (indices == null) {
            if (count != dimension) {
                throw new FieldException(
                        "values",
                        "has " + count + " numbers, expected " + dimension
                                + " where there are no indices: one a coordinate");
            }
            return new Support.All(dimension);
        }
        if (indices.length != count) {
            throw new FieldException(
                    "indices", "has " + indices.length + " entries for " + count + " values, expected as many");
        }
        int[] listed = indices.clone();
        return FieldException.within("indices", () -> new Support.Listed(dimension, listed));
    }

    private ValueCoding coding() {
        return Arrays.stream(new ValueCoding[] {ValueCoding.FLOAT32, ValueCoding.FLOAT64, ValueCoding.BF16})
                .filter(known -> known.text().equals(coding))
                .findFirst()
                .orElseThrow(() -> new FieldException(
                        "coding",
                        "is '" + coding + "', expected float32, float64 or bf16; others come as binary messages"));
    }

    private Report report() {
        Map<String, Double> figures = metrics == null
                ? Map.of()
                : metrics.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, figure -> orNaN(figure.getValue())));
        return FieldException.within(
                "report",
                () -> new Report(samples, optional(loss), optional(gradientNorm), optional(smoothness), figures));
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}

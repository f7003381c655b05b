package io.evenkeel.coordinator.message;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A message as JSON, for use with curl. The coordinator encodes it and continues with the encoded bytes, so
 * the digest is the same as that of the binary message with the same content. Values are rounded to the
 * precision of their coding, and the device must add the rounded values to its g_i.
 */
@Schema(
        name = "Message",
        description = "A device's message of a round; application/vnd.evenkeel.message is its binary form")
final class JsonMessage {

    @Schema(description = "1 for the first message of this client in the run, then 2, 3, …", minimum = "1")
    public long sequence;

    @Schema(
            description =
                    "the head of the last receipt, 16 hex digits; 16 zeros, or left out, in the message of sequence 1")
    public @Nullable String previous;

    @Schema(
            description =
                    "the coordinates of the values, strictly ascending from 0; left out if there is a value for each"
                            + " coordinate")
    public int @Nullable [] indices;

    @Schema(description = "a finite number for each index; float32 values are rounded to that")
    public double @Nullable [] values;

    @Schema(description = "float32, float64, bf16, natural, sign or log:4 to log:8", defaultValue = "float32")
    public @Nullable String coding;

    @Schema(description = "the number of samples in the gradient", minimum = "0", defaultValue = "1")
    public @Nullable Long samples;

    @Schema(description = "the local loss at the round's model")
    public @Nullable Double loss;

    @Schema(description = "the local gradient's norm")
    public @Nullable Double gradientNorm;

    @Schema(description = "the local smoothness ratio")
    public @Nullable Double smoothness;

    @Schema(
            description =
                    "named figures; the round's record stores their means weighted by samples, or the sum for tokens."
                            + " steps and tokens are counts, 0 to 1e15")
    public @Nullable Map<String, @Nullable Double> metrics;

    /**
     * Converts the JSON to a message.
     *
     * @param dimension d of the run
     * @throws JsonMessageException if a field's value is not valid
     */
    Message toMessage(int dimension) {
        if (values == null) {
            throw new JsonMessageException("values", "is missing, expected a finite number for each index");
        }
        if (sequence < 1) {
            throw new JsonMessageException(
                    "sequence", "is " + sequence + ", expected at least 1: 1 in the first message");
        }
        Support support = support(dimension, values.length);
        ValueCoding valueCoding = coding();
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw new JsonMessageException("values[" + j + "]", "is " + values[j] + ", expected a finite number");
            }
        }
        double[] rounded = values.clone();
        valueCoding.round(rounded);
        return new Message(sequence, chain(), report(), new CompressedVector(support, valueCoding, rounded));
    }

    private long chain() {
        String head = previous;
        if (head != null) {
            return JsonMessageException.within("previous", () -> Digest.parseHex(head));
        }
        if (sequence > 1) {
            throw new JsonMessageException(
                    "previous",
                    "is missing, expected 16 hex digits: the head of the last receipt; only the message of sequence 1"
                            + " can leave it out");
        }
        return 0;
    }

    private Support support(int dimension, int count) {
        if (indices == null) {
            if (count != dimension) {
                throw new JsonMessageException(
                        "values",
                        "has " + count + " numbers, expected " + dimension
                                + " without indices: one for each coordinate");
            }
            return new Support.All(dimension);
        }
        if (indices.length != count) {
            throw new JsonMessageException(
                    "indices", "has " + indices.length + " entries for " + count + " values, expected the same number");
        }
        int[] listed = indices.clone();
        Support.Listed support = JsonMessageException.within("indices", () -> new Support.Listed(dimension, listed));
        return count == dimension ? new Support.All(dimension) : support;
    }

    private ValueCoding coding() {
        if (coding == null) {
            return ValueCoding.FLOAT32;
        }
        return Arrays.stream(ValueCoding.values())
                .filter(known -> known.text().equals(coding))
                .findFirst()
                .orElseThrow(() -> new JsonMessageException(
                        "coding",
                        "is '" + coding + "', expected one of "
                                + Arrays.stream(ValueCoding.values())
                                        .map(ValueCoding::text)
                                        .collect(Collectors.joining(", "))));
    }

    /** Checks each figure separately, so that a refusal can name the field. */
    private Report report() {
        OptionalDouble none = OptionalDouble.empty();
        long count = samples == null ? 1 : samples;
        JsonMessageException.within("samples", () -> Report.of(count));
        JsonMessageException.within("loss", () -> new Report(0, optional(loss), none, none, Map.of()));
        JsonMessageException.within("gradientNorm", () -> new Report(0, none, optional(gradientNorm), none, Map.of()));
        JsonMessageException.within("smoothness", () -> new Report(0, none, none, optional(smoothness), Map.of()));
        return JsonMessageException.within(
                "metrics",
                () -> new Report(count, optional(loss), optional(gradientNorm), optional(smoothness), metrics()));
    }

    private Map<String, Double> metrics() {
        if (metrics == null) {
            return Map.of();
        }
        Map<String, Double> figures = new HashMap<>();
        metrics.forEach((name, value) -> {
            if (value == null) {
                throw new JsonMessageException(
                        "metrics", "has null for '" + name + "', expected a number: leave it out if it is unknown");
            }
            figures.put(name, value);
        });
        return figures;
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}

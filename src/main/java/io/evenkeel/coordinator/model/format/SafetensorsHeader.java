package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** The header of a safetensors file: the position of each tensor. Not thread-safe. */
final class SafetensorsHeader {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(8).build())
            .build();
    private static final int MAX_AXES = 64;

    private final Map<String, Declared> tensors = new LinkedHashMap<>();
    private final int start;

    private SafetensorsHeader(int start) {
        this.start = start;
    }

    /**
     * @param start the position of the header's first byte, for error messages
     * @throws ProblemException {@code invalid-frame} if it is not such a header
     */
    static SafetensorsHeader parse(byte[] bytes, int start) {
        SafetensorsHeader header = new SafetensorsHeader(start);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            header.read(json);
        } catch (JacksonException e) {
            long offset =
                    e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw ModelInput.refusal(start + offset, "no JSON: " + e.getOriginalMessage(), "the header's JSON object");
        }
        return header;
    }

    private void read(JsonParser json) {
        json.nextToken();
        want(json, JsonToken.START_OBJECT, "a JSON object");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals(Safetensors.METADATA)) {
                json.skipChildren();
            } else {
                tensors.put(name, declared(json));
            }
        }
        if (json.nextToken() != null) {
            throw refusal(json, "data after the JSON object", "spaces only");
        }
    }

    private Declared declared(JsonParser json) {
        want(json, JsonToken.START_OBJECT, "an object of dtype, shape and data_offsets");
        long at = start + json.currentTokenLocation().getByteOffset();
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" ->
                    dtype = want(json, JsonToken.VALUE_STRING, "a string").getString();
                case "shape" -> shape = numbers(json);
                case "data_offsets" -> offsets = numbers(json);
                default -> throw refusal(json, "the key '" + key + "'", "dtype, shape or data_offsets");
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw ModelInput.refusal(at, "a tensor without some of them", "dtype, shape and two data_offsets");
        }
        return new Declared(dtype, shape, offsets.get(0), offsets.get(1), at);
    }

    private List<Long> numbers(JsonParser json) {
        want(json, JsonToken.START_ARRAY, "a list of integers");
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            long number = want(json, JsonToken.VALUE_NUMBER_INT, "an integer").getLongValue();
            if (number < 0 || numbers.size() == MAX_AXES) {
                throw refusal(json, "a negative number, or too many numbers", "at most " + MAX_AXES + " from 0 on");
            }
            numbers.add(number);
        }
        return numbers;
    }

    private JsonParser want(JsonParser json, JsonToken token, String expected) {
        if (json.currentToken() != token) {
            throw refusal(json, String.valueOf(json.currentToken()), expected);
        }
        return json;
    }

    private ProblemException refusal(JsonParser json, String found, String expected) {
        return ModelInput.refusal(
                start + Math.max(0, json.currentTokenLocation().getByteOffset()), found, expected);
    }

    /**
     * Returns the tensors in the order of their values in the file.
     *
     * @throws ProblemException {@code invalid-frame} if they are not the layout's tensors, or do not fill the
     *     file without gaps and overlaps
     */
    List<Entry> inOrderOf(TensorLayout layout) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < layout.size(); i++) {
            Tensor tensor = layout.tensors().get(i);
            entries.add(entry(i, tensor, tensors.remove(tensor.name())));
        }
        tensors.forEach((name, extra) -> {
            throw ModelInput.refusal(extra.at(), "a tensor '" + name + "'", "only the run's tensors");
        });
        entries.sort(Comparator.comparingLong(Entry::begin));
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin() != end) {
                throw ModelInput.refusal(entry.at(), "values that begin at " + entry.begin(), "they begin at " + end);
            }
            end = entry.end();
        }
        return entries;
    }

    /**
     * Returns the layout of the file's tensors, in the order of their values.
     *
     * @throws ProblemException {@code invalid-frame} if they are not all of one number type, do not fill the
     *     file without gaps and overlaps, or are not valid tensors
     */
    TensorLayout layout() {
        List<Map.Entry<String, Declared>> inOrder = new ArrayList<>(tensors.entrySet());
        inOrder.sort(Comparator.comparingLong(tensor -> tensor.getValue().begin()));
        List<Tensor> found = new ArrayList<>();
        for (Map.Entry<String, Declared> tensor : inOrder) {
            found.add(tensor(tensor.getKey(), tensor.getValue()));
        }
        try {
            return TensorLayout.of(found);
        } catch (IllegalArgumentException e) {
            throw ModelInput.refusal(start, "tensors that are not valid: " + e.getMessage(), "at least one tensor");
        }
    }

    private static Tensor tensor(String name, Declared declared) {
        try {
            return new Tensor(
                    name, declared.shape().stream().map(Math::toIntExact).toList());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw ModelInput.refusal(
                    declared.at(), "tensor '" + name + "' of shape " + declared.shape(), "axes from 1 on");
        }
    }

    /** Returns the number type of all tensors. */
    FloatType type() {
        Map.Entry<String, Declared> first = tensors.entrySet().iterator().next();
        tensors.forEach((name, tensor) -> {
            if (!tensor.dtype().equals(first.getValue().dtype())) {
                throw ModelInput.refusal(
                        tensor.at(),
                        "tensor '" + name + "' of dtype '" + tensor.dtype() + "'",
                        "the dtype of '" + first.getKey() + "': all tensors must have the same");
            }
        });
        return FloatType.ofSafetensors(first.getValue().dtype())
                .orElseThrow(() -> ModelInput.refusal(
                        first.getValue().at(), "dtype '" + first.getValue().dtype() + "'", "F32 or F64"));
    }

    private Entry entry(int index, Tensor tensor, @Nullable Declared declared) {
        if (declared == null) {
            throw ModelInput.refusal(start, "no tensor '" + tensor.name() + "'", "all of the run's tensors");
        }
        String name = "tensor '" + tensor.name() + "' ";
        FloatType type = FloatType.ofSafetensors(declared.dtype())
                .orElseThrow(() ->
                        ModelInput.refusal(declared.at(), name + "of dtype '" + declared.dtype() + "'", "F32 or F64"));
        if (!declared.shape()
                .equals(tensor.shape().stream().map(Integer::longValue).toList())) {
            throw ModelInput.refusal(declared.at(), name + "of shape " + declared.shape(), "shape " + tensor.shape());
        }
        long length = (long) tensor.size() * type.width();
        if (declared.end() - declared.begin() != length) {
            throw ModelInput.refusal(
                    declared.at(),
                    name + "with data_offsets [" + declared.begin() + ", " + declared.end() + "]",
                    "a length of " + length + " bytes");
        }
        return new Entry(index, type, declared.begin(), declared.end(), declared.at());
    }

    /** A tensor as declared in the header. */
    private record Declared(String dtype, List<Long> shape, long begin, long end, long at) {}

    /**
     * A tensor of the layout and the position of its values.
     *
     * @param tensor its index in the layout
     * @param begin the offset of its first byte among the values
     * @param end the offset after its last byte
     * @param at the position of its entry in the header
     */
    record Entry(int tensor, FloatType type, long begin, long end, long at) {}
}

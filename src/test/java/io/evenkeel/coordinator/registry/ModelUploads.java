package io.evenkeel.coordinator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Uploads versions of a new model. */
final class ModelUploads {

    static final String SAFETENSORS = "application/x-safetensors";

    private final Http operator;
    private final String name = Scene.newName();

    ModelUploads(Api api) {
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    Http operator() {
        return operator;
    }

    String name() {
        return name;
    }

    /** Returns the model's path below {@code /api/v1}. */
    String path() {
        return "/models/" + name;
    }

    /** Uploads a version, and returns its number. */
    int upload(float... values) {
        Reply reply = operator.post(path() + "/versions/upload", SAFETENSORS, file(values));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
        return reply.number("version");
    }

    /** Returns a safetensors file with one tensor. */
    static byte[] file(float... values) {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + values.length + "],\"data_offsets\":[0,"
                + 4 * values.length + "]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 4 * values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        for (float value : values) {
            file.putFloat(value);
        }
        return file.array();
    }
}

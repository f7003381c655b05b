package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.wire.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedModelTest {

    private static final byte[] GOOD = file("F32", 1.5, -2);

    private final ScriptedTransport answers = new ScriptedTransport();

    @TempDir
    private Path folder;

    private static byte[] file(String type, double... values) {
        int width = type.equals("F32") ? 4 : 8;
        byte[] header = ("{\"w\":{\"dtype\":\"" + type + "\",\"shape\":[" + values.length + "],\"data_offsets\":[0,"
                        + width * values.length + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + width * values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header);
        for (double value : values) {
            ByteBuffer ignored = width == 4 ? file.putFloat((float) value) : file.putDouble(value);
        }
        return file.array();
    }

    private static Response version(int number, byte[] file, byte[] digested) {
        String digest = Base64.getEncoder().encodeToString(Digest.sha256().digest(digested));
        return new Response(
                200,
                Map.of(
                        "Evenkeel-Model-Version",
                        List.of(Integer.toString(number)),
                        "Repr-Digest",
                        List.of("sha-256=:" + digest + ":")),
                file);
    }

    private EvenkeelClient client(StateStore store) {
        return TestClients.on(answers, store)
                .credentials("me", "secret")
                .retryFor(Duration.ofMillis(1))
                .build();
    }

    @Test
    void downloadsANewVersionAndNoVersionTwice() throws InterruptedException {
        answers.left.add(version(1, GOOD, GOOD));
        answers.left.add(new Response(304, Map.of(), new byte[0]));
        byte[] second = file("F64", 0.1);
        answers.left.add(version(2, second, second));
        try (EvenkeelClient client = client(new MemoryStateStore())) {
            FollowedModel model = client.follow("digits", "production");
            assertThat(model.version()).isEmpty();

            assertThat(model.refresh()).isTrue();
            assertThat(model.version()).hasValue(1);
            assertThat(model.tensors()).containsExactly("w");
            assertThat(model.values("w")).containsExactly(1.5f, -2f);
            assertThat(model.refresh()).isFalse();
            assertThat(model.refresh()).isTrue();
            assertThat(model.values("w")).containsExactly(0.1f);
            assertThat(model.file()).isEqualTo(second);
            assertThatThrownBy(() -> model.values("b")).hasMessageContaining("no tensor 'b', expected one of [w]");
        }
        assertThat(answers.requests)
                .allSatisfy(request -> assertThat(request.uri())
                        .hasPath("/api/v1/models/digits/versions/@production")
                        .hasQuery("format=safetensors"));
        assertThat(answers.requests.get(0).headers()).doesNotContainKey("If-None-Match");
        assertThat(answers.requests.get(1).headers().get("If-None-Match")).endsWith("-safetensors\"");
    }

    @Test
    void keepsTheLastGoodVersionThroughARestartDamageAndAMissingNetwork() throws InterruptedException {
        answers.left.add(version(7, GOOD, GOOD));
        try (EvenkeelClient client = client(FileStateStore.open(folder))) {
            assertThat(client.follow("digits", "candidate").refresh()).isTrue();
        }
        answers.left.add(version(8, file("F32", 9), GOOD));
        try (EvenkeelClient client = client(FileStateStore.open(folder))) {
            FollowedModel model = client.follow("digits", "candidate");
            assertThat(model.version()).hasValue(7);
            assertThatThrownBy(model::refresh)
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessageContaining("version 8 of model 'digits' does not have the SHA-256");
            assertThatThrownBy(model::refresh).isInstanceOf(DeadlineException.class);
            assertThat(model.version()).hasValue(7);
            assertThat(model.file()).isEqualTo(GOOD);
            assertThatThrownBy(() -> client.follow("digits", "production").file())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no version of model 'digits' is stored");
        }
    }

    @Test
    void ignoresADamagedStoredVersion() throws IOException, InterruptedException {
        answers.left.add(version(1, GOOD, GOOD));
        try (EvenkeelClient client = client(FileStateStore.open(folder))) {
            assertThat(client.follow("digits", "production").refresh()).isTrue();
        }
        Path piece = folder.resolve(".model.digits.production");
        byte[] damaged = Files.readAllBytes(piece);
        damaged[damaged.length - 1] ^= 1;
        Files.write(piece, damaged);

        try (EvenkeelClient client = client(FileStateStore.open(folder))) {
            assertThat(client.follow("digits", "production").version()).isEmpty();
        }
    }

    @Test
    void storesNoFileThatIsNotAModel() {
        for (byte[] bad : List.of(
                new byte[0],
                new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
                file("F16", 1),
                Arrays.copyOf(GOOD, GOOD.length - 1))) {
            answers.left.add(version(1, bad, bad));
            try (EvenkeelClient client = client(new MemoryStateStore())) {
                FollowedModel model = client.follow("digits", "production");
                assertThatThrownBy(model::refresh)
                        .isInstanceOf(EvenkeelException.class)
                        .hasMessageContaining("not a safetensors file");
                assertThat(model.version()).isEmpty();
            }
        }
    }

    @Test
    void namesMissingHeadersAndWrongNames() {
        answers.left.add(new Response(200, Map.of(), GOOD));
        try (EvenkeelClient client = client(new MemoryStateStore())) {
            assertThatThrownBy(() -> client.follow("digits", "production").refresh())
                    .hasMessageContaining("Evenkeel-Model-Version and Repr-Digest");
            assertThatThrownBy(() -> client.follow("Digits", "production"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("model is 'Digits', expected 1 to 64");
        }
    }

    @Test
    void notifiesTheListenerOfANewVersion() throws InterruptedException {
        List<String> heard = new ArrayList<>();
        answers.left.add(version(3, GOOD, GOOD));
        ClientListener ear = new ClientListener() {
            @Override
            public void modelInstalled(String model, int version) {
                heard.add(model + " " + version);
            }
        };
        try (EvenkeelClient client = TestClients.on(answers, new MemoryStateStore())
                .credentials("me", "secret")
                .listener(ear)
                .build()) {
            assertThat(client.follow("digits", "production").refresh()).isTrue();
        }
        assertThat(heard).containsExactly("digits 3");
    }
}

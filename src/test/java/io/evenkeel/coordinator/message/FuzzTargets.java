package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;

/** All endpoints of the coordinator with valid requests, for a run whose first device has answered the open round 1. */
final class FuzzTargets {

    private static final String JSON = "application/json";
    private static final List<byte[]> ANY_JSON = RandomJson.texts(2_000);
    private static final Map<String, String> NO_PARAMETERS = Map.of();

    private final Scene scene;
    private final String operator;
    private static final String MODEL = "fuzzed-model";

    private final String device;
    private final String stranger;
    private final String run;
    private final String uploaded;
    private final String idle;

    /**
     * @param stranger the secret of a device that is not in a run
     * @param uploaded a run that was not started and takes an initial model
     * @param idle a run without members
     */
    FuzzTargets(Scene scene, String stranger, String uploaded, String idle) {
        this.scene = scene;
        this.operator = scene.operator.token();
        this.device = scene.secretOf(scene.devices.get(0));
        this.stranger = stranger;
        this.run = "/api/v1/runs/{" + scene.run + "}";
        this.uploaded = "/api/v1/runs/{" + uploaded + "}";
        this.idle = "/api/v1/runs/{" + idle + "}";
    }

    /** Returns the endpoints for messages, in both forms. */
    List<FuzzEndpoint> messages() {
        String path = run + "/rounds/{1}/messages/me";
        Map<String, String> parameters = Map.of("wait", "0s", "replica", "0");
        FuzzEndpoint binary = new FuzzEndpoint(
                HttpMethod.PUT,
                path,
                parameters,
                device,
                TestDevice.BINARY,
                binaryMessages(),
                (random, valid) -> new Mutator(random).mutate(valid));
        return List.of(
                binary,
                json(
                        HttpMethod.PUT,
                        path,
                        device,
                        "{\"sequence\":3,\"previous\":\"0123456789abcdef\",\"indices\":[0,5],\"values\":[1.5,-2]}",
                        "{\"sequence\":1,\"indices\":[0],\"values\":[1]}",
                        "{\"sequence\":3,\"previous\":\"0000000000000000\",\"values\":[1,2,3,4,5,6],\"coding\":\"bf16\","
                                + "\"samples\":9,\"loss\":2.5}",
                        "{\"sequence\":3,\"previous\":\"0123456789abcdef\",\"indices\":[1],\"values\":[1e3],"
                                + "\"coding\":\"log:4\",\"gradientNorm\":1,\"smoothness\":2,"
                                + "\"metrics\":{\"accuracy\":0.5}}"));
    }

    /** Returns the endpoints for all other JSON bodies. */
    List<FuzzEndpoint> definitions(String enrolmentToken) {
        return List.of(
                json(HttpMethod.PUT, run + "/members/me", device, "{\"weight\":2.5}", "{}"),
                json(
                        HttpMethod.POST,
                        "/api/v1/enrolments",
                        "",
                        "{\"token\":\"" + enrolmentToken + "\",\"name\":\"meter\"}"),
                json(
                        HttpMethod.POST,
                        "/api/v1/enrolment-tokens",
                        operator,
                        "{\"uses\":0,\"expiresIn\":\"PT1H\",\"run\":\"a\",\"description\":\"x\"}"),
                json(
                        HttpMethod.POST,
                        "/api/v1/access-tokens",
                        operator,
                        "{\"name\":\"\",\"role\":\"viewer\",\"expiresIn\":\"30s\"}"),
                json(
                        HttpMethod.POST,
                        "/api/v1/runs",
                        operator,
                        "{\"name\":\"" + scene.run + "\",\"dimension\":6,\"algorithm\":\"ef21-norm\",\"rounds\":3,"
                                + "\"compressor\":\"top-k:2\",\"gamma\":\"horizon:1:0.5\",\"eta\":\"constant:0.1\","
                                + "\"step\":\"normalized\",\"seed\":7,"
                                + "\"participants\":{\"min\":1,\"max\":3},\"time\":{\"min\":\"1s\",\"max\":\"60s\"},"
                                + "\"sampling\":0.5,\"staleness\":1}",
                        "{\"name\":\"x\",\"tensors\":[{\"name\":\"w\",\"shape\":[2,3]},{\"name\":\"b\",\"shape\":[3]}],"
                                + "\"algorithm\":\"gd\",\"rounds\":5,\"smoothness\":2,\"initialModel\":\"uploaded\"}"));
    }

    /** Returns the endpoints for initial models in all formats, and for exports. */
    List<FuzzEndpoint> files() {
        String model = uploaded + "/model";
        String path = "/runs/" + scene.run + "/rounds/0/model?dtype=float64&format=";
        List<byte[]> raw = List.of(new byte[Scene.DIMENSION * Float.BYTES], new byte[Scene.DIMENSION * Double.BYTES]);
        List<byte[]> npy = List.of(scene.operator.get(path + "npy").body());
        List<byte[]> safetensors =
                List.of(scene.operator.get(path + "safetensors").body());
        List<byte[]> export =
                List.of(scene.operator.get("/runs/" + scene.run + "/export").body());
        return List.of(
                file(HttpMethod.PUT, model, "application/octet-stream", raw, FuzzTargets::bytes),
                file(
                        HttpMethod.PUT,
                        model,
                        "application/x-npy",
                        npy,
                        (random, valid) -> random.nextBoolean()
                                ? bytes(random, valid)
                                : new FileMutator(random).npy(valid.get(0))),
                file(
                        HttpMethod.PUT,
                        model,
                        "application/x-safetensors",
                        safetensors,
                        (random, valid) -> random.nextInt(4) == 0
                                ? bytes(random, valid)
                                : new FileMutator(random).safetensors(valid.get(0))),
                file(
                        HttpMethod.POST,
                        "/api/v1/import",
                        "application/vnd.evenkeel.export",
                        export,
                        (random, valid) -> random.nextInt(4) == 0
                                ? bytes(random, valid)
                                : new FileMutator(random).run(valid.get(0), scene.run)),
                file(
                        HttpMethod.POST,
                        "/api/v1/import",
                        "application/vnd.evenkeel.export",
                        List.of(exportOfModel(safetensors.get(0))),
                        (random, valid) -> new FileMutator(random).model(valid.get(0), MODEL)));
    }

    private byte[] exportOfModel(byte[] safetensors) {
        scene.operator.post("/models/" + MODEL + "/versions/upload", "application/x-safetensors", safetensors);
        scene.operator.postJson(
                "/models/" + MODEL + "/versions", "{\"run\":\"" + scene.run + "\",\"metadata\":{\"a\":\"b\"}}");
        scene.operator.putJson("/models/" + MODEL + "/aliases/production", "{\"version\":1}");
        return scene.operator.get("/models/" + MODEL + "/export").body();
    }

    /**
     * Returns all endpoints that the OpenAPI document names, and health. Requests that end a run, a membership or a
     * secret target idle ones.
     */
    List<FuzzEndpoint> described(JsonNode document) {
        List<FuzzEndpoint> endpoints = new ArrayList<>();
        endpoints.add(new FuzzEndpoint(
                HttpMethod.GET, "/actuator/health", NO_PARAMETERS, "", "", List.of(), (random, none) -> new byte[0]));
        String own = scene.run;
        for (FuzzEndpoint endpoint : new DescribedEndpoints(
                        document, Map.of("run", own, "round", "1", "attempt", "0", "model", MODEL, "version", "1"))
                .endpoints(this::caller)) {
            boolean ends =
                    endpoint.method().equals(HttpMethod.POST) && endpoint.path().startsWith(run);
            endpoints.add(ends ? endpoint.at(endpoint.path().replace(run, idle)) : endpoint);
        }
        return endpoints;
    }

    private String caller(HttpMethod method, String path) {
        boolean ends = method.equals(HttpMethod.DELETE) || path.startsWith("/api/v1/clients");
        boolean isDevices =
                path.endsWith("/me") || path.contains("/me/") || path.endsWith("/task") || path.equals("/api/v1/work");
        return !isDevices ? operator : ends ? stranger : device;
    }

    private static FuzzEndpoint json(HttpMethod method, String path, String token, String... bodies) {
        List<byte[]> valid = Arrays.stream(bodies)
                .map(body -> body.getBytes(StandardCharsets.UTF_8))
                .toList();
        return new FuzzEndpoint(method, path, NO_PARAMETERS, token, JSON, valid, FuzzTargets::damagedJson);
    }

    private FuzzEndpoint file(
            HttpMethod method,
            String path,
            String type,
            List<byte[]> valid,
            BiFunction<RandomGenerator, List<byte[]>, byte[]> damage) {
        Map<String, String> parameters = method.equals(HttpMethod.PUT) ? Map.of("dtype", "float64") : NO_PARAMETERS;
        return new FuzzEndpoint(method, path, parameters, operator, type, valid, damage);
    }

    static byte[] damagedJson(RandomGenerator random, List<byte[]> valid) {
        return switch (random.nextInt(8)) {
            case 0 -> new Mutator(random).mutate(ANY_JSON);
            case 1, 2 -> new Mutator(random).mutate(valid);
            default -> new JsonMutator(random).mutate(valid.get(random.nextInt(valid.size())));
        };
    }

    private static byte[] bytes(RandomGenerator random, List<byte[]> valid) {
        return new Mutator(random).mutate(valid);
    }

    private List<byte[]> binaryMessages() {
        List<byte[]> messages = new ArrayList<>();
        Report full = new Report(
                100,
                OptionalDouble.of(2.3),
                OptionalDouble.of(1),
                OptionalDouble.of(0.5),
                Map.of("accuracy", 0.9, "b", 1.0));
        int d = Scene.DIMENSION;
        for (Report report : List.of(Report.of(1), full)) {
            for (ValueCoding coding : ValueCoding.values()) {
                double[] two = {1, -1};
                coding.round(two);
                messages.add(encode(report, new Support.Listed(d, new int[] {1, 4}), coding, two));
                messages.add(encode(report, new Support.Seeded(d, 2, 7), coding, two));
            }
            messages.add(encode(report, new Support.All(d), ValueCoding.FLOAT64, new double[] {1, -2, 3, -4, 5, -6}));
        }
        return messages;
    }

    private byte[] encode(Report report, Support support, ValueCoding coding, double[] values) {
        TestDevice sender = scene.devices.get(0);
        return new Message(sender.sequence() + 1, sender.head(), report, new CompressedVector(support, coding, values))
                .encode();
    }
}

package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.terminal.CommandFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Sends an operator's requests about models and roll-outs to the coordinators in turn, until one of them answers. Not
 * thread-safe.
 */
final class RolloutOperator {

    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
    private static final String SAFETENSORS = "application/x-safetensors";
    private static final String HEADER =
            "{\"" + FollowingDevice.TENSOR + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}   ";
    private static final String WRONG_STATE = "rollout-state";
    private static final int MAX_COUNT = 1000;

    private final List<CoordinatorClient> coordinators;
    private final RolloutRecorder recorder;
    private int turn;

    RolloutOperator(List<CoordinatorProcess> coordinators, RolloutRecorder recorder) {
        this.coordinators = coordinators.stream()
                .map(one -> new CoordinatorClient(one.address(), one::token))
                .toList();
        this.recorder = recorder;
    }

    /** Publishes a version whose model consists of its number and an accuracy. */
    void publish(int version, double accuracy) {
        byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length + 2 * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header).putFloat(version).putFloat((float) accuracy);
        ApiPath path = ApiPath.of("models", RolloutChaosSettings.MODEL, "versions", "upload");
        JsonNode published = any(client -> client.upload("POST", path, SAFETENSORS, file.array()));
        if (published.path("version").asInt() != version) {
            throw new CommandFailure("the coordinator published version " + published.path("version") + ", expected "
                    + version + ", since no request was lost");
        }
    }

    void promote(int version) {
        any(client -> client.upload(
                "PUT",
                aliasPath(),
                "application/json",
                ("{\"version\": " + version + "}").getBytes(StandardCharsets.UTF_8)));
    }

    private static ApiPath aliasPath(String... more) {
        List<String> path =
                new ArrayList<>(List.of("models", RolloutChaosSettings.MODEL, "aliases", RolloutChaosSettings.ALIAS));
        path.addAll(List.of(more));
        return ApiPath.of(path.toArray(String[]::new));
    }

    /** Returns the versions that the alias has named, newest first. */
    List<Integer> history() {
        List<Integer> versions = new ArrayList<>();
        any(client -> client.get(aliasPath("history").with("limit", MAX_COUNT)))
                .forEach(move -> versions.add(move.path("version").asInt()));
        return versions;
    }

    /** Creates a roll-out and returns its id. A request whose answer was lost may have created it. */
    String create(RolloutChaosSettings settings, int version, RolloutScenario scenario) {
        List<Map<String, Integer>> groups = IntStream.rangeClosed(1, RolloutChaosSettings.GROUPS)
                .mapToObj(group -> Map.of("devices", group * settings.groupSize()))
                .toList();
        Map<String, Object> definition = Map.ofEntries(
                Map.entry("model", RolloutChaosSettings.MODEL),
                Map.entry("version", version),
                Map.entry("alias", RolloutChaosSettings.ALIAS),
                Map.entry("groups", groups),
                Map.entry("reports", settings.groupSize()),
                Map.entry("success", RolloutChaosSettings.SUCCESS),
                Map.entry("error", 1 - RolloutChaosSettings.SUCCESS),
                Map.entry(
                        "metrics",
                        List.of(Map.of(
                                "name",
                                RolloutChaosSettings.METRIC,
                                "margin",
                                RolloutChaosSettings.MARGIN,
                                "minSamples",
                                FollowingDevice.SAMPLES))),
                Map.entry("minTime", scenario.minTime()),
                Map.entry("groupTime", "PT2H"));
        recorder.command();
        try {
            return any(client -> client.post(ApiPath.of("rollouts"), definition))
                    .path("id")
                    .asString();
        } catch (OperatorException e) {
            JsonNode newest = any(client -> client.get(ApiPath.of("rollouts").with("limit", 1)))
                    .path(0);
            // A fast roll-out may already be over.
            if (newest.path("version").asInt() == version) {
                return newest.path("id").asString();
            }
            throw e;
        }
    }

    /** Sends a command; a repeated or late command has no effect. */
    void command(String rollout, String command) {
        recorder.command();
        try {
            any(client -> client.post(ApiPath.of("rollouts", rollout, command), Map.of()));
        } catch (OperatorException e) {
            if (!e.problem().equals(WRONG_STATE)) {
                throw e;
            }
        }
    }

    /** Returns a roll-out with its groups and events. */
    JsonNode show(String rollout) {
        return any(client -> client.get(ApiPath.of("rollouts", rollout)));
    }

    /** Returns all roll-outs, newest first. */
    List<String> list() {
        List<String> ids = new ArrayList<>();
        any(client -> client.get(ApiPath.of("rollouts").with("limit", 100)))
                .forEach(rollout -> ids.add(rollout.path("id").asString()));
        return ids;
    }

    /** Returns the devices that got the version of a roll-out. */
    List<JsonNode> devices(String rollout) {
        List<JsonNode> devices = new ArrayList<>();
        any(client -> client.get(ApiPath.of("rollouts", rollout, "devices").with("limit", MAX_COUNT)))
                .forEach(devices::add);
        return devices;
    }

    private <T> T any(Function<CoordinatorClient, T> request) {
        long begin = System.nanoTime();
        while (true) {
            try {
                return request.apply(coordinators.get(turn));
            } catch (OperatorException e) {
                boolean isRefusal = !e.problem().isEmpty() && e.retryAfter().isZero();
                if (isRefusal || System.nanoTime() - begin > TIMEOUT.toNanos()) {
                    throw e;
                }
                turn = (turn + 1) % coordinators.size();
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }
}

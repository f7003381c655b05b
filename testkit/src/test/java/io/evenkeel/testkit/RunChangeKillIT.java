package io.evenkeel.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.JavaLaunch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An operator changes a run repeatedly while its coordinator is killed and devices train. */
@Tag("full")
class RunChangeKillIT {

    private static final int KILLS = 3;
    private static final int CHANGES_BETWEEN_KILLS = 8;
    private static final int MAX_CHANGES = 900;
    private static final int DIMENSION = 20;
    private static final int PAGE = 1000;
    private static final long PAUSE_NANOS = 20_000_000;
    private static final ApiPath RUN = ApiPath.of("runs", "changed");

    @TempDir
    private Path folder = Path.of("");

    private final JsonMapper json = new JsonMapper();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonNode> acknowledged = new CopyOnWriteArrayList<>();
    private final Semaphore changes = new Semaphore(0);
    private volatile boolean stopped;

    @Test
    void noAcknowledgedChangeIsLostAndEachRoundFollowsTheRevisions() throws Exception {
        try (CoordinatorProcess coordinator = new CoordinatorProcess(
                CoordinatorJar.quick(JavaLaunch.QUICK),
                folder.resolve("coordinator.log"),
                CoordinatorProcess.newToken(),
                List.of(),
                List.of("--evenkeel.data=" + folder.resolve("data")))) {
            coordinator.start();
            coordinator.awaitUp();
            CoordinatorClient operator = new CoordinatorClient(coordinator.address(), coordinator::token);
            List<CompletableFuture<RunOutcome>> devices = begin(coordinator);
            CompletableFuture<Void> changing = CompletableFuture.runAsync(() -> changeAgainAndAgain(operator), threads);
            for (int kill = 0; kill < KILLS; kill++) {
                changes.drainPermits();
                assertThat(changes.tryAcquire(CHANGES_BETWEEN_KILLS, 5, TimeUnit.MINUTES))
                        .isTrue();
                coordinator.kill();
                coordinator.start();
                coordinator.awaitUp();
            }
            stopped = true;
            changing.get(5, TimeUnit.MINUTES);
            finishSoon(operator);
            for (CompletableFuture<RunOutcome> device : devices) {
                assertThat(device.get(5, TimeUnit.MINUTES).end()).isEqualTo(RunOutcome.End.FINISHED);
            }

            List<JsonNode> revisions = list(operator.get(ApiPath.of("runs", "changed", "revisions")));
            assertThat(revisions).hasSizeGreaterThan(KILLS * CHANGES_BETWEEN_KILLS);
            for (int i = 0; i < revisions.size(); i++) {
                assertThat(revisions.get(i).path("number").asInt()).isEqualTo(i + 1);
            }
            assertThat(revisions)
                    .containsAll(acknowledged.stream()
                            .filter(revision -> !revision.path("changes").isEmpty())
                            .toList());
            assertRoundsFollow(revisions, operator);
            assertThat(coordinator.operator().audit("changed")).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    private List<CompletableFuture<RunOutcome>> begin(CoordinatorProcess coordinator) {
        coordinator
                .operator()
                .createRun(Map.of(
                        "name",
                        "changed",
                        "dimension",
                        DIMENSION,
                        "algorithm",
                        "ef21-norm",
                        "rounds",
                        1_000_000,
                        "participants",
                        Map.of("min", 2),
                        "time",
                        Map.of("min", "20ms", "max", "1h")));
        String token = coordinator.operator().createEnrolmentToken(2, "for the test");
        List<CompletableFuture<RunOutcome>> devices = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int device = i;
            devices.add(CompletableFuture.supplyAsync(() -> train(coordinator, token, device), threads));
            while (coordinator.operator().status("changed").members() <= device) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        coordinator.operator().start("changed");
        return devices;
    }

    private static RunOutcome train(CoordinatorProcess coordinator, String token, int device) {
        try (EvenkeelClient client = EvenkeelClient.builder(coordinator.address())
                .run("changed")
                .enrolmentToken(token)
                .memoryState()
                .build()) {
            return client.train(model -> {
                double[] gradient = model.toDoubles();
                for (int j = 0; j < gradient.length; j++) {
                    gradient[j] -= j + device;
                }
                return Gradient.of(gradient);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void changeAgainAndAgain(CoordinatorClient operator) {
        while (!stopped && acknowledged.size() < MAX_CHANGES) {
            int i = acknowledged.size();
            String patch = "{\"time\":{\"max\":\"" + (3600 + i) + "s\"},\"weights\":{\"max\":" + (1 + i % 2) + "}}";
            try {
                JsonNode revision = operator.patch(RUN, json.readTree(patch));
                acknowledged.add(revision);
                changes.release();
            } catch (OperatorException killedOrBusy) {
                // The outcome of the change is unknown; the revisions are compared later.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Makes one of the next rounds the last. */
    private void finishSoon(CoordinatorClient operator) {
        while (true) {
            int round = operator.get(RUN).path("round").asInt();
            try {
                operator.patch(RUN, json.readTree("{\"rounds\":" + (round + 3) + "}"));
                return;
            } catch (OperatorException e) {
                // The run was faster, and these rounds have already closed.
                assertThat(e.problem()).isEqualTo("invalid");
            }
        }
    }

    private static void assertRoundsFollow(List<JsonNode> revisions, CoordinatorClient operator) {
        int closed = operator.get(RUN).path("round").asInt();
        int seen = 0;
        for (int from = 0; from < closed; from += PAGE) {
            ApiPath page =
                    ApiPath.of("runs", "changed", "rounds").with("from", from).with("limit", PAGE);
            for (JsonNode record : list(operator.get(page))) {
                int round = record.path("round").asInt();
                long expected = revisions.stream()
                        .filter(revision -> revision.path("fromRound").asInt() <= round)
                        .count();
                assertThat(record.path("revision").asLong())
                        .as("round " + round)
                        .isEqualTo(expected);
                seen++;
            }
        }
        assertThat(seen).isEqualTo(closed).isPositive();
    }

    private static List<JsonNode> list(JsonNode array) {
        return array.valueStream().toList();
    }
}

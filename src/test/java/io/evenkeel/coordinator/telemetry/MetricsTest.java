package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.GeneratedFile;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.core.wire.Report;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {

    private RestartableCoordinator coordinator;

    @BeforeAll
    void start(@TempDir Path folder) {
        coordinator = new RestartableCoordinator(
                folder,
                "--evenkeel.metrics.refresh=50ms",
                "--evenkeel.metrics.keep-finished=2s",
                // A relay has additional metrics, even if it cannot reach another coordinator.
                "--evenkeel.relay.upstream=http://127.0.0.1:1",
                "--evenkeel.relay.run=above",
                "--evenkeel.relay.enrolment-token=evk_enrol_none",
                "--evenkeel.relay.folder=" + folder.resolve("relay"));
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    /** Beyond the maximum, Micrometer omits requests. */
    @Test
    void thereIsRoomForEveryEndpoint() {
        RequestMappingHandlerMapping mapping =
                coordinator.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        int most = coordinator
                .bean(Environment.class)
                .getRequiredProperty("management.metrics.web.server.max-uri-tags", Integer.class);
        // The total also includes health, metrics, the console and unknown paths.
        assertThat(mapping.getHandlerMethods().size() + 50).isLessThan(most);
    }

    @Test
    void showTheStatusAndTheTrafficOfARun() {
        Scene scene = running(2, "\"gamma\":\"constant:0.5\"");
        String run = scene.run;
        TestDevice device = scene.devices.get(0);
        device.model(0);
        int bytes = 0;
        for (int k = 0; k < 2; k++) {
            for (TestDevice each : scene.devices) {
                bytes += answer(
                        each,
                        k,
                        new Report(
                                1, OptionalDouble.of(4 - k), OptionalDouble.empty(), OptionalDouble.empty(), Map.of()));
            }
            scene.await(device, k);
        }
        assertThat(device.leave().status()).isEqualTo(204);

        MetricsExposition seen = await(told -> told.of("evenkeel_run_round", "run", run) == 2);

        assertThat(seen.of("evenkeel_run_loss", "run", run)).isEqualTo(3);
        assertThat(seen.of("evenkeel_run_gamma", "run", run)).isEqualTo(0.5);
        assertThat(seen.of("evenkeel_run_direction_norm", "run", run))
                .isEqualTo(Double.parseDouble(scene.record(1).get("directionNorm")));
        assertThat(seen.of("evenkeel_run_members", "run", run)).isEqualTo(2);
        assertThat(seen.of("evenkeel_run_sampled", "run", run)).isEqualTo(2);
        assertThat(seen.of("evenkeel_run_participants", "run", run)).isEqualTo(2);
        assertThat(seen.of("evenkeel_run_stragglers", "run", run)).isZero();
        assertThat(seen.of("evenkeel_run_state", "run", run, "state", "running"))
                .isEqualTo(1);
        assertThat(seen.of("evenkeel_run_state", "run", run, "state", "failed")).isZero();
        assertThat(seen.of("evenkeel_run_rounds_closed_total", "run", run)).isEqualTo(2);
        assertThat(seen.of("evenkeel_run_uplink_bytes_total", "run", run)).isEqualTo(bytes);
        assertThat(seen.of("evenkeel_run_uplink_dense_bytes_total", "run", run)).isEqualTo(4 * 4 * Scene.DIMENSION);
        assertThat(seen.of("evenkeel_run_downlink_bytes_total", "run", run)).isEqualTo(8 * Scene.DIMENSION);
        assertThat(seen.of("evenkeel_run_downlink_dense_bytes_total", "run", run))
                .isEqualTo(4 * Scene.DIMENSION);
        assertThat(seen.of("evenkeel_run_accept_seconds_count", "run", run)).isEqualTo(4);
        assertThat(seen.of("evenkeel_run_accept_seconds_bucket", "run", run, "le", "+Inf"))
                .isEqualTo(4);
        assertThat(seen.of("evenkeel_run_closing_seconds_count", "run", run)).isEqualTo(2);
        assertThat(seen.of("evenkeel_run_closing_part_seconds_sum", "run", run))
                .isCloseTo(seen.of("evenkeel_run_closing_seconds_sum", "run", run), within(1e-6));
        assertThat(seen.of("evenkeel_run_round_opened_timestamp_seconds", "run", run))
                .isEqualTo(Instant.parse(scene.view().get("openedAt")).toEpochMilli() / 1000.0);
    }

    @Test
    void haveNoSeriesForAnUnknownRun() {
        Http nobody = new Http(coordinator.endpoint(), "evk_dev_nobody");
        assertThat(nobody.put(path("made-up"), TestDevice.BINARY, new byte[3]).status())
                .isEqualTo(401);
        Scene scene = running(1, "\"gamma\":1");
        assertThat(scene.devices
                        .get(0)
                        .http()
                        .put(path("made-up"), TestDevice.BINARY, new byte[3])
                        .problem())
                .isEqualTo("run-not-found");

        assertThat(await(told -> told.knows(scene.run)).knows("made-up")).isFalse();
    }

    @Test
    void reportTheConditionThatStoppedARun() {
        Scene scene = running(1, "\"stop\":{\"maxBytes\":1}");
        await(told -> told.of("evenkeel_run_state", "run", scene.run, "state", "running") == 1);
        answer(scene.devices.get(0), 0, Report.of(1));

        MetricsExposition atEnd =
                await(told -> told.of("evenkeel_run_stopped", "run", scene.run, "reason", "bytes") == 1
                        && told.of("evenkeel_run_state", "run", scene.run, "state", "finished") == 1);

        assertThat(atEnd.of("evenkeel_run_stopped", "run", scene.run, "reason", "rounds"))
                .isZero();
    }

    @Test
    void dropARunsSeriesSomeTimeAfterItsEnd() {
        Scene scene = running(1, "\"gamma\":1");
        await(told -> told.knows(scene.run));
        scene.act("cancel");

        await(told -> told.of("evenkeel_run_state", "run", scene.run, "state", "cancelled") == 1
                && told.of("evenkeel_run_state", "run", scene.run, "state", "running") == 0);
        coordinator.bean(TurnedClock.class).advance(Duration.ofSeconds(3));
        assertThat(await(told -> !told.knows(scene.run)).of("evenkeel_runs", "state", "cancelled"))
                .isPositive();
    }

    @Test
    void countOverdueRunsWithoutALeaseHolder() {
        // By the database's correct clock, the run's deadline has long passed. By the clock of the coordinator that
        // would take the lease, it has not.
        running(1, "\"gamma\":1");
        await(told -> told.of("evenkeel_runs_without_lease_holder") > 0);

        coordinator.bean(TurnedClock.class).advance(Duration.ofSeconds(61));

        assertThat(await(told -> told.of("evenkeel_runs_without_lease_holder") == 0)
                        .of("evenkeel_leases_held"))
                .isPositive();
    }

    @Test
    void estimateL0AndL1FromWhatDevicesReport() {
        Scene scene = running(1, "\"gamma\":0.01");
        TestDevice device = scene.devices.get(0);
        assertThat(scene.operator.get("/runs/" + scene.run + "/smoothness").json())
                .isEqualTo(Map.of("run", scene.run, "points", 0));
        for (int k = 0; k < 22; k++) {
            double norm = 1 + k % 7;
            answer(
                    device,
                    k,
                    new Report(
                            1,
                            OptionalDouble.empty(),
                            OptionalDouble.of(norm),
                            OptionalDouble.of(2 + 0.5 * norm),
                            Map.of()));
            scene.await(device, k);
        }

        MetricsExposition seen = await(told -> told.of("evenkeel_run_smoothness_l1", "run", scene.run) > 0);

        assertThat(seen.of("evenkeel_run_smoothness_l0", "run", scene.run)).isCloseTo(2, within(1e-6));
        assertThat(seen.of("evenkeel_run_smoothness_l1", "run", scene.run)).isCloseTo(0.5, within(1e-6));
        Reply estimate = scene.operator.get("/runs/" + scene.run + "/smoothness");
        assertThat(Double.parseDouble(estimate.get("l1"))).isCloseTo(0.5, within(1e-6));
        assertThat(estimate.get("betterThanPlain")).isEqualTo("true");
        assertThat(estimate.number("points")).isGreaterThanOrEqualTo(20);
        assertThat(Double.parseDouble(scene.record(3).get("smoothnessNorm"))).isEqualTo(4);
    }

    @Test
    void thePageHasEveryMetric() throws Exception {
        Scene scene = running(1, "\"gamma\":1");
        answer(scene.devices.get(0), 0, Report.of(1));
        String evaluation = endedEvaluation();
        CohortScene cohort = cohort();
        MetricsExposition seen = await(told -> told.of("evenkeel_run_round", "run", scene.run) == 1
                && told.of("evenkeel_evaluation_worst_gap", "evaluation", evaluation) == 0.25
                && told.knows(cohort.scene.run));

        GeneratedFile.compareTables("docs/metrics.md", MetricsTest.class, MetricsPage.tables(seen));
    }

    /** Stores an evaluation that has just ended and whose worst group is worse by 0.25, and returns its name. */
    private String endedEvaluation() {
        String evaluation = Scene.newName();
        String report =
                "[{\"name\":\"accuracy\",\"goal\":\"max\",\"devices\":10,\"samples\":10,\"weightedMean\":0.5,\"mean\":0.5,"
                        + "\"deciles\":[],\"groups\":{},\"worst\":{\"region\":{\"value\":\"us\",\"weightedMean\":0.25,\"gap\":0.25}}}]";
        OffsetDateTime now = coordinator.bean(Clock.class).instant().atOffset(ZoneOffset.UTC);
        coordinator
                .jdbc()
                .update(
                        "INSERT INTO evaluation (name, model, version, selector, seed, share, least, breakdown, goals,"
                                + " results, deadline, created_by, created_at, ended_at, report) VALUES (?, 'm', 1, '',"
                                + " 's', 1, 1, '[]', '{}', 10, ?, 'o', ?, ?, ?)",
                        evaluation,
                        now,
                        now,
                        now,
                        report.getBytes(StandardCharsets.UTF_8));
        return evaluation;
    }

    @Test
    void countTheAttemptsAndDropOutsOfCohorts() {
        CohortScene cohort = cohort();
        String run = cohort.scene.run;
        cohort.stage(0, device -> true);
        cohort.attemptUntil(CohortScene.Step.KEYS, 0, cohort.devices);
        CohortScene.await(CohortScene.Step.KEYS, cohort.devices);
        CohortScene.take(CohortScene.Step.SHARES, cohort.devices.subList(0, 4));
        coordinator.bean(TurnedClock.class).advance(Duration.ofSeconds(31));
        eventually().until(() -> cohort.devices.get(0).plain().task(-1).number("attempt") == 1);
        cohort.attempt(1, cohort.devices);

        MetricsExposition seen =
                await(told -> told.of("evenkeel_run_attempts_total", "run", run, "result", "done") == 1);

        assertThat(seen.of("evenkeel_run_attempts_total", "run", run, "result", "failed"))
                .isEqualTo(1);
        assertThat(seen.of("evenkeel_run_dropouts_total", "run", run, "step", "shares"))
                .isEqualTo(2);
        assertThat(seen.of("evenkeel_run_attempt_step_seconds_sum", "run", run, "step", "shares"))
                .isEqualTo(31);
        assertThat(seen.of("evenkeel_run_attempt_step_seconds_count", "run", run, "step", "keys"))
                .isEqualTo(2);
        assertThat(seen.of("evenkeel_run_cohort_members_sum", "run", run)).isEqualTo(6);
    }

    private CohortScene cohort() {
        Scene scene =
                new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "identity", FeedbackMethod.EF21);
        return new CohortScene(scene, "identity", 5, 6, 100)
                .create("ef21-norm", 9, "")
                .members(6)
                .start();
    }

    @Test
    void reportTheEpsilonOfAPrivateRun() {
        Scene scene = running(
                1,
                "\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,\"budget\":{\"delta\":1e-6}}");
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent sent = device.stage(0, new double[] {1, -2, 3, -4, 5, -6});
        assertThat(device.put(sent).status()).isEqualTo(201);

        MetricsExposition seen = await(told -> told.of("evenkeel_run_privacy_epsilon", "run", scene.run) > 0);

        assertThat(seen.of("evenkeel_run_privacy_epsilon", "run", scene.run))
                .isCloseTo(RenyiAccountant.epsilon(10, 1, 1e-6), within(1e-9));
    }

    private Scene running(int devices, String more) {
        return new Scene(
                        coordinator.endpoint(),
                        coordinator.jdbc(),
                        Scene.newName(),
                        "identity+float64",
                        FeedbackMethod.EF21)
                .create("ef21-norm", 1000, more)
                .members(devices)
                .start();
    }

    private MetricsExposition await(Predicate<MetricsExposition> condition) {
        return MetricsExposition.await(coordinator.endpoint(), condition);
    }

    private static String path(String run) {
        return "/runs/" + run + "/rounds/0/messages/me";
    }

    /** Sends a message and returns its length in bytes. */
    private static int answer(TestDevice device, int round, Report report) {
        TestDevice.Sent sent = device.stage(round, new double[] {1, 2, 3, 4, 5, 6}, report);
        assertThat(device.put(sent).status()).isEqualTo(201);
        device.commit(sent);
        return sent.bytes.length;
    }
}

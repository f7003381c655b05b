package io.evenkeel.trial.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RunSimulationTest {

    private static final long BYTES = 10_000;

    private static ValidatedPlan plan(String more) {
        return DefinitionReading.read(JsonMapper.shared()
                .readTree("{\"name\": \"a\", \"dimension\": 1000, \"algorithm\": \"ef21-norm\", \"rounds\": 1000, "
                        + more + "}"));
    }

    private static RunSimulation.Result run(String definition, String availability, int devices, int rounds) {
        return run(definition, availability, devices, rounds, 7);
    }

    private static RunSimulation.Result run(
            String definition, String availability, int devices, int rounds, long seed) {
        SimulationSettings settings = new SimulationSettings(rounds, seed, BYTES, 4 * BYTES, BYTES, Duration.ZERO, 300);
        ValidatedPlan plan = plan(definition);
        return RunSimulation.run(
                plan,
                RoundRules.of(plan.definition()),
                Availability.parse(availability),
                devices,
                settings,
                closed -> {});
    }

    private static List<Long> figures(RunSimulation.Result result) {
        List<Long> figures = new ArrayList<>(List.of(
                result.endedAt(), result.checkIns().total(), result.messages().total(), (long) result.members()));
        RoundLog rounds = result.rounds();
        for (int k = 0; k < rounds.opened(); k++) {
            figures.addAll(List.of(rounds.openedAt(k), rounds.downloaded(k), (long) rounds.accepted(k)));
        }
        return figures;
    }

    @Test
    void theSeedDeterminesTheResult() {
        String definition = "\"sampling\": 0.2, \"participants\": {\"min\": 10}, \"time\": {\"max\": \"10m\"}";
        String phones = "groups: [{online: '22:00-06:00', shift: 3h, presence: 0.7, compute: 20s-5m, dropout: 0.1}]";
        List<Long> figures = figures(run(definition, phones, 500, 20));
        assertThat(figures(run(definition, phones, 500, 20))).isEqualTo(figures);
        assertThat(figures(run(definition, phones, 500, 20, 8))).isNotEqualTo(figures);
    }

    /**
     * All devices wait in long polls when a round opens, so the round lasts as long as the slowest device takes for 3
     * requests, 10 s of computing, and transfers of 40 kB and 10 kB.
     */
    @Test
    void aRoundOfDevicesThatAreAlwaysOnlineLastsAsLongAsTheSlowestOne() {
        RunSimulation.Result result = run(
                "\"time\": {\"max\": \"10m\"}",
                "groups: [{compute: 1s, up: 8, down: 8, latency: 100ms},"
                        + " {share: 0.1, compute: 10s, up: 0.08, down: 0.08, latency: 1s}]",
                50,
                5);
        RoundLog rounds = result.rounds();
        assertThat(rounds.closed()).isEqualTo(5);
        assertThat(rounds.accepted(0)).isEqualTo(50);
        assertThat(rounds.ending(0)).isEqualTo(RoundLog.Ending.ANSWERED);
        long slowest = 3_000 + 10_000 + 4_000 + 1_000;
        assertThat(rounds.duration(0)).isBetween(slowest, slowest + 30_000);
        // After the first round, all devices have the model, download an update of 10 kB, and have paused for at least
        // a second.
        assertThat(rounds.duration(3)).isBetween(slowest - 3_000, slowest + 10_000);
    }

    @Test
    void aRoundIsExtendedUntilEnoughDevicesAreAwake() {
        RunSimulation.Result result = run(
                "\"participants\": {\"min\": 30}, \"time\": {\"max\": \"2h\"}",
                "groups: [{online: '20:00-23:00', shift: 10m}]",
                60,
                10);
        RoundLog rounds = result.rounds();
        assertThat(rounds.closed()).isEqualTo(10);
        // The run starts at midnight, 20 hours before the devices come online.
        assertThat(rounds.extended(0)).isEqualTo(10);
        assertThat(rounds.inTime(0)).isZero();
        assertThat(rounds.accepted(0)).isEqualTo(30);
        assertThat(rounds.ending(0)).isEqualTo(RoundLog.Ending.EXTENDED);
        assertThat(rounds.closedAt(0) % Duration.ofDays(1).toMillis())
                .isBetween(Duration.ofHours(20).toMillis(), Duration.ofHours(21).toMillis());
    }

    @Test
    void eachMessageThatWasBegunIsAcceptedOrLateOrLost() {
        RunSimulation.Result result = run(
                "\"sampling\": 0.5, \"participants\": {\"min\": 20, \"max\": 60}, \"time\": {\"max\": \"3m\"}",
                "groups: [{online: '00:00-12:00', compute: 10s-10m, dropout: 0.2}]",
                300,
                100);
        RoundLog rounds = result.rounds();
        long begun = rounds.sum(rounds::begun);
        long ended = rounds.sum(rounds::accepted) + rounds.sum(rounds::late) + rounds.sum(rounds::lost);
        long underWay = begun - ended;
        assertThat(rounds.sum(rounds::late)).isPositive();
        assertThat(rounds.sum(rounds::lost)).isPositive();
        assertThat(underWay).isBetween(0L, 300L);
        assertThat(result.messages().total()).isEqualTo(rounds.sum(rounds::accepted) + rounds.sum(rounds::late));
        assertThat(LongStream.of(rounds.sorted(rounds::accepted))).allMatch(count -> count >= 20 && count <= 60);
    }

    @Test
    void aRoundThatCannotCloseEndsTheSimulation() {
        RunSimulation.Result result = run(
                "\"participants\": {\"min\": 10}, \"time\": {\"max\": \"1h\"}",
                "groups: [{dropout: 0.999999999}]",
                10,
                5);
        assertThat(result.isStuck()).isTrue();
        assertThat(result.rounds().closed()).isZero();
    }

    @Test
    void aRunThatTooFewDevicesJoinNeverStarts() {
        RunSimulation.Result result =
                run("\"participants\": {\"min\": 11}, \"time\": {\"max\": \"1h\"}", "groups: [{}]", 10, 5);
        assertThat(result.startedAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(result.members()).isEqualTo(10);
        assertThat(result.rounds().opened()).isZero();
    }

    @Test
    void aLargeFleetChecksInAtItsGoal() {
        RunSimulation.Result result = run(
                "\"sampling\": 0.01, \"participants\": {\"min\": 50}, \"time\": {\"max\": \"10m\"}",
                "groups: [{}]",
                20_000,
                20);
        // Two check-ins per device and ten-minute round would be 67 per second; at the goal, each device
        // checks in every 67 seconds.
        assertThat(result.checkIns().total() / result.seconds()).isBetween(50.0, 320.0);
    }

    @Test
    void onlySelectedDevicesJoinAndAreAsked() {
        RunSimulation.Result result = run(
                "\"participants\": {\"min\": 5}, \"devices\": {\"join\": \"region in (eu,us)\", \"sample\": \"region=eu\"}",
                "groups: [{attributes: {region: eu}}, {attributes: {region: us}}, {attributes: {region: asia}}]",
                300,
                3);
        assertThat(result.members()).isBetween(150, 250);
        RoundLog rounds = result.rounds();
        assertThat(IntStream.range(0, 3).map(rounds::asked)).allMatch(asked -> asked > 60 && asked < 140);
    }
}

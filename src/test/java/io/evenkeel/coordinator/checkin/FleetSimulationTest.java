package io.evenkeel.coordinator.checkin;

import static io.evenkeel.coordinator.checkin.FleetSimulation.HOUR;
import static io.evenkeel.coordinator.checkin.FleetSimulation.MINUTE;
import static io.evenkeel.coordinator.checkin.FleetSimulation.mean;
import static io.evenkeel.coordinator.checkin.FleetSimulation.peak;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Simulates the load of a million devices on the coordinator; a table in docs/devices.md has the results. */
@Tag("full")
class FleetSimulationTest {

    private static final int DEVICES = 1_000_000;
    private static final int PER_ROUND = 10_000;
    private static final double GOAL = 300;
    private static final int NEVER = Integer.MAX_VALUE;

    private static FleetSimulation fleet(int hours) {
        return new FleetSimulation(DEVICES, PER_ROUND, GOAL, hours * HOUR);
    }

    private static void row(String what, FleetSimulation fleet, int from, int to) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f | %.0f |%n",
                what,
                mean(fleet.checkIns, from, to),
                peak(fleet.checkIns, from, to),
                3.0 * PER_ROUND * mean(fleet.rounds, from, to),
                HOUR * mean(fleet.rounds, from, to));
    }

    @Test
    void aSteadyFleetChecksInAtTheGoalRate() {
        FleetSimulation fleet = fleet(6).inSteadyState();
        fleet.arriving(device -> fleet.pause(DEVICES / GOAL)).run(NEVER, NEVER, device -> NEVER);
        row("steady state", fleet, 0, 6 * HOUR);
        assertThat(mean(fleet.checkIns, HOUR, 6 * HOUR)).isBetween(0.9 * GOAL, 1.1 * GOAL);
        assertThat(peak(fleet.checkIns, 0, 6 * HOUR)).isLessThan(1.3 * GOAL);
    }

    @Test
    void anOutageOfThreeHoursCausesNoThunderingHerd() {
        FleetSimulation fleet = fleet(8).inSteadyState();
        fleet.arriving(device -> fleet.pause(DEVICES / GOAL)).run(HOUR, 4 * HOUR, device -> NEVER);
        row("the first minutes after an outage of 3 hours", fleet, 4 * HOUR, 4 * HOUR + 10 * MINUTE);
        row("the following hours", fleet, 4 * HOUR, 8 * HOUR);
        assertThat(peak(fleet.checkIns, 4 * HOUR, 8 * HOUR)).isLessThan(2 * GOAL);
        assertThat(mean(fleet.checkIns, 5 * HOUR, 8 * HOUR)).isBetween(0.8 * GOAL, 1.2 * GOAL);
    }

    @Test
    void checkInsOfAllDevicesAtOnceCauseNoSecondWave() {
        FleetSimulation known = fleet(6).inSteadyState();
        known.arriving(device -> known.uniform(MINUTE)).run(NEVER, NEVER, device -> NEVER);
        row("after all devices check in within a minute, as when all apps restart", known, MINUTE, 6 * HOUR);
        assertThat(peak(known.checkIns, MINUTE, 6 * HOUR)).isLessThan(1.3 * GOAL);

        FleetSimulation unknown = fleet(6);
        unknown.arriving(device -> unknown.uniform(MINUTE)).run(NEVER, NEVER, device -> NEVER);
        row("the same with new devices, the first 10 minutes", unknown, MINUTE, 11 * MINUTE);
        row("the following hours", unknown, 11 * MINUTE, 6 * HOUR);
        assertThat(peak(unknown.checkIns, 2 * MINUTE, 6 * HOUR)).isLessThan(6 * GOAL);
    }

    @Test
    void aFleetThatComesAndGoesOverTheDayStaysBelowTheGoal() {
        FleetSimulation fleet = fleet(24);
        fleet.arriving(device -> device % 4 == 0 ? fleet.uniform(HOUR) : fleet.uniform(4 * HOUR) + 6 * HOUR)
                .run(NEVER, NEVER, device -> device % 4 == 0 ? NEVER : 16 * HOUR + device % (2 * HOUR));
        row("a day: a quarter of the devices", fleet, 2 * HOUR, 6 * HOUR);
        row("a day: the others check in within 4 hours", fleet, 6 * HOUR, 10 * HOUR);
        row("a day: all", fleet, 10 * HOUR, 16 * HOUR);
        row("a day: a quarter again", fleet, 20 * HOUR, 24 * HOUR);
        assertThat(peak(fleet.checkIns, HOUR, 24 * HOUR)).isLessThan(1.6 * GOAL);
        assertThat(mean(fleet.checkIns, 22 * HOUR, 24 * HOUR)).isGreaterThan(0.5 * GOAL);
    }
}

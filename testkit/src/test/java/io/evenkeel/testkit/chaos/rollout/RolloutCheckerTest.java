package io.evenkeel.testkit.chaos.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Tests that the checks find each single error in otherwise valid evidence: a roll-out that finishes, and one
 * that stops.
 */
class RolloutCheckerTest {

    private static final Map<String, String> CLIENTS = Map.of("A", "a", "B", "b");
    private static final RolloutEvidence.Device A = new RolloutEvidence.Device("a", 1, "installed");
    private static final RolloutEvidence.Device B = new RolloutEvidence.Device("b", 2, "installed");

    private final List<RolloutExchange> exchanges = new ArrayList<>(List.of(
            got("A", 2, 2, "one"),
            got("B", 2, 1, ""),
            reported("A", 3, "one"),
            got("B", 5, 2, "one"),
            got("A", 5, 2, "one"),
            reported("B", 6, "one"),
            got("A", 9, 2, ""),
            got("B", 9, 2, ""),
            got("A", 12, 3, "two"),
            got("B", 12, 2, ""),
            reported("A", 13, "two"),
            got("A", 16, 2, ""),
            got("B", 16, 2, "")));

    private RolloutEvidence first = new RolloutEvidence(
            RolloutScenario.GOOD,
            "one",
            2,
            1,
            "finished",
            1,
            List.of(group(1, "passed", 1, "non-inferior"), group(2, "passed", 1, "non-inferior")),
            List.of(A, B),
            List.of(
                    event("started", 0, 0),
                    event("group_opened", 1, 1),
                    event("group_passed", 1, 4),
                    event("group_opened", 2, 4),
                    event("group_passed", 2, 7),
                    event("finished", 0, 7)),
            1,
            2,
            null,
            null,
            at(8));

    private RolloutEvidence second = new RolloutEvidence(
            RolloutScenario.WORSE,
            "two",
            3,
            2,
            "stopped",
            1,
            List.of(group(1, "stopped", 1, "inferior"), group(2, "planned", 0, "")),
            List.of(A),
            List.of(event("started", 0, 10), event("group_opened", 1, 11), event("stopped", 1, 14)),
            0,
            2,
            null,
            null,
            at(15));

    private static Instant at(int second) {
        return Instant.ofEpochSecond(second);
    }

    private static RolloutExchange got(String device, int second, int version, String rollout) {
        return new RolloutExchange(device, rollout, "", at(second), at(second).plusMillis(5), 200, version);
    }

    private static RolloutExchange reported(String device, int second, String rollout) {
        return new RolloutExchange(
                device, rollout, "installed", at(second), at(second).plusMillis(5), 204, 0);
    }

    private static RolloutEvidence.Group group(int number, String state, int devices, String verdict) {
        int size = state.equals("planned") ? 0 : number;
        return new RolloutEvidence.Group(number, state, size, devices, devices, 0, devices, verdict);
    }

    private static RolloutEvidence.Event event(String type, int group, int second) {
        return new RolloutEvidence.Event("rollout." + type, group, at(second));
    }

    private static RolloutEvidence with(
            RolloutEvidence from,
            List<RolloutEvidence.Group> groups,
            List<RolloutEvidence.Device> devices,
            UnaryOperator<List<RolloutEvidence.Event>> events,
            int moves) {
        return new RolloutEvidence(
                from.scenario(),
                from.id(),
                from.version(),
                from.baseline(),
                from.state(),
                from.reports(),
                groups,
                devices,
                events.apply(new ArrayList<>(from.events())),
                moves,
                from.named(),
                from.seenPaused(),
                from.resumed(),
                from.seenOver());
    }

    private static RolloutEvidence with(RolloutEvidence from, UnaryOperator<List<RolloutEvidence.Event>> events) {
        return with(from, from.groups(), from.devices(), events, from.moves());
    }

    private void assertFinds(String... texts) {
        List<String> violations = RolloutChecker.judge(List.of(first, second), exchanges, CLIENTS);
        assertThat(violations)
                .isNotEmpty()
                .allSatisfy(violation -> assertThat(violation).containsAnyOf(texts));
    }

    @Test
    void findNothingInValidEvidence() {
        assertThat(RolloutChecker.judge(List.of(first, second), exchanges, CLIENTS))
                .isEmpty();
    }

    @Test
    void findTheVersionOfAClosedGroup() {
        exchanges.add(got("B", 3, 2, "one"));
        assertFinds("device b got version 2", "its group 2 was closed");
    }

    @Test
    void findTheVersionAfterAStop() {
        exchanges.add(got("A", 17, 3, "two"));
        assertFinds("device a got version 3 at 1970-01-01T00:00:17.005Z, expected [2]");
    }

    @Test
    void findTheVersionBeforeAfterAFinish() {
        exchanges.add(got("B", 9, 1, ""));
        assertFinds("device b got version 1");
    }

    @Test
    void findADeviceThatWentBack() {
        exchanges.add(got("A", 6, 1, ""));
        assertFinds("it had got version 2");
    }

    @Test
    void findAVersionThatNothingNames() {
        exchanges.add(got("A", 9, 7, ""));
        assertFinds("device a got version 7");
    }

    @Test
    void findTheVersionAfterAReportedFailure() {
        exchanges.add(new RolloutExchange("A", "two", "failed", at(12).plusMillis(10), at(12).plusMillis(20), 204, 0));
        exchanges.add(got("A", 13, 3, "two"));
        assertFinds("it had reported a failure", "lost a report 'failed'");
    }

    /** Pauses the second roll-out before its device's first request. */
    private void pauseSecond() {
        second = asSecond(RolloutScenario.PAUSED, at(12).minusMillis(500), at(13));
    }

    private RolloutEvidence asSecond(RolloutScenario scenario, @Nullable Instant paused, @Nullable Instant resumed) {
        return new RolloutEvidence(
                scenario,
                second.id(),
                second.version(),
                second.baseline(),
                second.state(),
                second.reports(),
                second.groups(),
                second.devices(),
                second.events(),
                second.moves(),
                second.named(),
                paused,
                resumed,
                second.seenOver());
    }

    @Test
    void findANewDeviceInAPause() {
        pauseSecond();
        assertFinds("it was paused", "is stopped, expected finished", "had the events");
        assertThat(RolloutChecker.judge(List.of(first, second), exchanges, CLIENTS))
                .anySatisfy(violation -> assertThat(violation).contains("it was paused"));
    }

    @Test
    void takeADeviceInAPauseForAnOldOneIfAFailureMayHaveHiddenTheVersion() {
        pauseSecond();
        exchanges.add(new RolloutExchange("A", "", "", at(11), at(11).plusMillis(5), 503, 0));
        assertThat(RolloutChecker.judge(List.of(first, second), exchanges, CLIENTS))
                .noneSatisfy(violation -> assertThat(violation).contains("it was paused"));
    }

    @Test
    void findALostReport() {
        RolloutEvidence.Device asked = new RolloutEvidence.Device("a", 1, "asked");
        second = with(
                second,
                List.of(
                        new RolloutEvidence.Group(1, "stopped", 1, 1, 0, 0, 0, "inferior"),
                        second.groups().get(1)),
                List.of(asked),
                events -> events,
                0);
        assertFinds("lost a report 'installed'");
    }

    @Test
    void findAReportThatCountsTwice() {
        RolloutEvidence.Group twice = new RolloutEvidence.Group(1, "stopped", 1, 1, 2, 0, 1, "inferior");
        second = with(second, List.of(twice, second.groups().get(1)), second.devices(), events -> events, 0);
        assertFinds("counts 1, 2 and 0 devices in group 1");
    }

    @Test
    void findAGroupThatPassedTooEarly() {
        first = with(first, events -> {
            events.set(2, event("group_passed", 1, 2));
            return events;
        });
        assertFinds("passed group 1 when at most 0 of its devices had installed the version");
    }

    @Test
    void findAGroupThatPassedWithAnInferiorMetric() {
        first = with(
                first,
                List.of(group(1, "passed", 1, "inferior"), first.groups().get(1)),
                first.devices(),
                events -> events,
                1);
        assertFinds("passed group 1 although its metric is inferior");
    }

    @Test
    void findGroupsOutOfOrder() {
        first = with(first, events -> {
            events.add(2, events.remove(3));
            return events;
        });
        assertFinds("had the events");
    }

    @Test
    void findASecondMoveOfTheAlias() {
        first = with(first, first.groups(), first.devices(), events -> events, 2);
        assertFinds("moved the alias 2 times, expected 1");
    }

    @Test
    void findAWrongEnd() {
        second = asSecond(RolloutScenario.GOOD, null, null);
        assertFinds("is stopped, expected finished");
    }
}

package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.tools.terminal.CommandFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Creates one roll-out, acts as its operator, and watches it until its end. For one use, by one thread. */
final class RolloutObserver {

    private static final Duration STANDSTILL = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(700);
    private static final List<String> ENDS = List.of("finished", "stopped");

    private final RolloutChaosSettings settings;
    private final RolloutOperator operator;
    private final RolloutScenario scenario;
    private final int version;
    private final Runnable requireAlive;
    private @Nullable Instant seenPaused;
    private @Nullable Instant resumed;

    /**
     * @param number the number of the roll-out, from 0
     * @param requireAlive throws if a device or the killer has ended, since the roll-out would then wait forever
     */
    RolloutObserver(RolloutChaosSettings settings, RolloutOperator operator, int number, Runnable requireAlive) {
        this.settings = settings;
        this.operator = operator;
        this.scenario = RolloutScenario.at(number);
        this.requireAlive = requireAlive;
        this.version = RolloutChaosSettings.version(number);
    }

    /**
     * Runs the roll-out to its end.
     *
     * @throws CommandFailure if it does not end
     */
    RolloutEvidence run() {
        List<Integer> before = operator.history();
        String id = operator.create(settings, version, scenario);
        if (scenario == RolloutScenario.PAUSED) {
            pauseAndResume(id);
        } else if (scenario == RolloutScenario.ABANDONED) {
            await(
                    id,
                    view -> isOver(view)
                            || view.path("progress").path(0).path("installed").asInt() > 1);
            operator.command(id, "stop");
        }
        JsonNode view = await(id, shown -> isOver(shown) || isPausedForHarm(shown));
        if (isPausedForHarm(view)) {
            operator.command(id, "stop");
            view = await(id, RolloutObserver::isOver);
        }
        Instant seenOver = Instant.now();
        List<Integer> after = operator.history();
        return new RolloutEvidence(
                scenario,
                id,
                version,
                before.get(0),
                view.path("state").asString(),
                settings.groupSize(),
                groups(view),
                devices(operator, id),
                events(view),
                after.size() - before.size(),
                after.get(0),
                seenPaused,
                resumed,
                seenOver);
    }

    /** Returns the evidence of an ended roll-out, with the current devices and counts. */
    static RolloutEvidence lookAgain(RolloutEvidence seen, RolloutOperator operator) {
        return new RolloutEvidence(
                seen.scenario(),
                seen.id(),
                seen.version(),
                seen.baseline(),
                seen.state(),
                seen.reports(),
                groups(operator.show(seen.id())),
                devices(operator, seen.id()),
                seen.events(),
                seen.moves(),
                seen.named(),
                seen.seenPaused(),
                seen.resumed(),
                seen.seenOver());
    }

    private void pauseAndResume(String id) {
        await(
                id,
                view -> isOver(view)
                        || view.path("progress").path(0).path("asked").asInt() > 0);
        operator.command(id, "pause");
        if (operator.show(id).path("state").asString().equals("paused")) {
            seenPaused = Instant.now();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        resumed = Instant.now();
        operator.command(id, "resume");
    }

    /** The rules pause a version whose metric looks inferior on only a few devices. */
    private boolean isPausedForHarm(JsonNode view) {
        return scenario == RolloutScenario.WORSE
                && view.path("state").asString().equals("paused");
    }

    private static boolean isOver(JsonNode view) {
        return ENDS.contains(view.path("state").asString());
    }

    private JsonNode await(String id, Predicate<JsonNode> holds) {
        long begin = System.nanoTime();
        while (true) {
            JsonNode view = operator.show(id);
            if (holds.test(view)) {
                return view;
            }
            requireAlive.run();
            if (System.nanoTime() - begin > STANDSTILL.toNanos()) {
                throw new CommandFailure("roll-out " + id + " (" + scenario.text() + ") makes no progress: " + view);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private static List<RolloutEvidence.Group> groups(JsonNode view) {
        List<RolloutEvidence.Group> groups = new ArrayList<>();
        for (JsonNode group : view.path("progress")) {
            JsonNode metric = group.path("metrics").path(0);
            groups.add(new RolloutEvidence.Group(
                    group.path("number").asInt(),
                    group.path("state").asString(),
                    group.path("devices").asInt(),
                    group.path("asked").asInt(),
                    group.path("installed").asInt(),
                    group.path("failed").asInt(),
                    metric.path("reported").asInt(),
                    metric.path("verdict").asString("")));
        }
        return groups;
    }

    private static List<RolloutEvidence.Device> devices(RolloutOperator operator, String id) {
        return operator.devices(id).stream()
                .map(device -> new RolloutEvidence.Device(
                        device.path("client").asString(),
                        device.path("group").asInt(),
                        device.path("outcome").asString()))
                .toList();
    }

    private static List<RolloutEvidence.Event> events(JsonNode view) {
        List<RolloutEvidence.Event> events = new ArrayList<>();
        for (JsonNode event : view.path("events")) {
            events.add(new RolloutEvidence.Event(
                    event.path("type").asString(),
                    event.path("group").asInt(0),
                    Instant.parse(event.path("at").asString())));
        }
        return events;
    }
}

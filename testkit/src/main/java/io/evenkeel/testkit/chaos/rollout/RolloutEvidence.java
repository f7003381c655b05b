package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of a roll-out, as recorded outside of the coordinator.
 *
 * @param scenario the fault of its version
 * @param id its id
 * @param version the version that it rolls out
 * @param baseline the version that the alias named before
 * @param state its final state
 * @param reports the number of reports that a group needs
 * @param groups its final groups
 * @param devices the devices that got the version, as the coordinator finally lists them
 * @param events its events
 * @param moves how often the alias has moved since the previous roll-out
 * @param named the version that the alias names afterwards
 * @param seenPaused the time of the first answer that reports it as paused; null if there was none
 * @param resumed the time before it was resumed; null if it was not
 * @param seenOver the time of the first answer that reports it as over
 */
record RolloutEvidence(
        RolloutScenario scenario,
        String id,
        int version,
        int baseline,
        String state,
        int reports,
        List<Group> groups,
        List<Device> devices,
        List<Event> events,
        int moves,
        int named,
        @Nullable Instant seenPaused,
        @Nullable Instant resumed,
        Instant seenOver) {

    /** A group: its number from 1, its state, its size when it opened, its counts, and its metric. */
    record Group(
            int number,
            String state,
            int devices,
            int asked,
            int installed,
            int failed,
            int reported,
            String verdict) {}

    /** A device that got the version: its id, the number of its group from 1, and its report. */
    record Device(String client, int group, String outcome) {}

    /** An event; the group's number from 1, 0 if there is none. */
    record Event(String type, int group, Instant at) {}

    /** Returns the time of an event; null if it did not happen. */
    @Nullable
    Instant at(String type, int group) {
        return events.stream()
                .filter(event -> event.type().equals(type) && (group == 0 || event.group() == group))
                .map(Event::at)
                .findFirst()
                .orElse(null);
    }

    /** Returns whether the alias names its version now. */
    boolean hasFinished() {
        return state.equals("finished");
    }

    Instant started() {
        Instant at = at("rollout.started", 0);
        return at == null ? Instant.MAX : at;
    }

    /** Returns the time of its end, as its event states it. That may be slightly before it became visible. */
    Instant ended() {
        Instant at = at("rollout." + state, 0);
        return at == null ? seenOver : at;
    }
}

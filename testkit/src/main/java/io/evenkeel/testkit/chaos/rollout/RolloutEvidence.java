package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests and responses of a roll-out, as recorded outside of the coordinator.
 *
 * @param scenario what is wrong with its version
 * @param id its id
 * @param version the version that it brings
 * @param baseline the version that the alias named before
 * @param state its state in the end
 * @param reports the reports that a group needs
 * @param groups its groups in the end
 * @param devices the devices that got the version, as the coordinator lists them in the end
 * @param events its events
 * @param moves how often the alias has moved since the roll-out before
 * @param named the version that the alias names afterwards
 * @param seenPaused when an answer first said that it is paused; null if none did
 * @param resumed before it was resumed; null if it was not
 * @param seenOver when an answer first said that it is over
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

    /** A device that got the version: its id, the number of its group from 1, and what it has reported. */
    record Device(String client, int group, String outcome) {}

    /** An event; the group's number from 1, 0 if there is none. */
    record Event(String type, int group, Instant at) {}

    /** Returns when an event happened; null if it did not. */
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

    /** Returns when it ended: as its event says, which can be a little before it could be seen. */
    Instant ended() {
        Instant at = at("rollout." + state, 0);
        return at == null ? seenOver : at;
    }
}

package io.evenkeel.engine.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An alias at a relay's site, which follows the alias of the same name of the upstream coordinator.
 *
 * @param version the version that it points to; empty if it does not exist here
 * @param active the active roll-out here that follows an upstream one
 */
public record SiteAlias(OptionalInt version, @Nullable Following active) {

    /**
     * A roll-out at a relay's site.
     *
     * @param id its id
     * @param upstream the upstream roll-out that it follows; null if there is none
     * @param version the version that it gives to devices
     * @param isOver whether it is over
     * @param message why it is paused or has ended
     */
    public record Following(
            String id,
            @Nullable String upstream,
            int version,
            boolean isOver,
            @Nullable String message) {}

    /** What to do next. Repeating a step changes nothing. */
    public sealed interface Step {}

    /** Register a version if it is missing, and let the alias point to it. */
    public record PointTo(int version) implements Step {}

    /** Create a roll-out here that follows the upstream one. */
    public record Create() implements Step {}

    /** Stop giving the roll-out's version to further devices. */
    public record Pause(String rollout) implements Step {}

    /** Continue a roll-out that is paused. */
    public record Resume(String rollout) implements Step {}

    /** End the roll-out; devices return to the alias's version. */
    public record Stop(String rollout, String why) implements Step {}

    /** End the roll-out; its version becomes the alias's. */
    public record Finish(String rollout) implements Step {}

    /** Returns the steps when no roll-out is active upstream and the alias there points to {@code target}. */
    public List<Step> settle(int target) {
        List<Step> steps = new ArrayList<>();
        if (active != null) {
            steps.add(
                    active.version() == target
                            ? new Finish(active.id())
                            : new Stop(
                                    active.id(),
                                    "the roll-out above is over, and its alias points to version " + target));
        }
        steps.add(new PointTo(target));
        return steps;
    }

    /**
     * Returns the steps when an upstream roll-out gives this site its version.
     *
     * @param upstream the upstream roll-out
     * @param baseline the upstream alias's version during the roll-out
     * @param isRunning whether the upstream roll-out is neither paused nor over
     * @param here the roll-out here that follows it, even if it is over; null before it is created
     */
    public List<Step> follow(String upstream, int baseline, boolean isRunning, @Nullable Following here) {
        List<Step> steps = new ArrayList<>();
        if (active != null && !upstream.equals(active.upstream())) {
            steps.add(new Stop(active.id(), "another roll-out above has replaced it"));
        }
        if (here == null) {
            if (!version.equals(OptionalInt.of(baseline))) {
                steps.add(new PointTo(baseline));
            }
            if (isRunning) {
                steps.add(new Create());
            }
        } else if (!here.isOver()) {
            steps.add(isRunning ? new Resume(here.id()) : new Pause(here.id()));
        }
        return steps;
    }
}

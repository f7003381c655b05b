package io.evenkeel.engine.relay;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.run.RunState;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run at a relay's site, which follows a run of the upstream coordinator: a round that starts at the upstream model
 * computes the site's answer, and any other round ends with that model.
 *
 * @param state the run's state
 * @param round the open round, and the number of the newest model
 * @param rounds the number of rounds that the run has
 */
public record SiteRun(RunState state, int round, int rounds) {

    /** What to do next. */
    public sealed interface Step {}

    /** Store the upstream model as the first one, and start the run. */
    public record Start() implements Step {}

    /** Wait for the sum of the open round's members, and send it upstream. */
    public record Answer() implements Step {}

    /**
     * End the open round with the upstream model.
     *
     * @param rounds the number of rounds that the run must have first; empty if it stays
     */
    public record Lead(OptionalInt rounds) implements Step {}

    /** Cancel the run. */
    public record Cancel(String why) implements Step {}

    /** Refuse to follow, since the run is over. */
    public record Refuse() implements Step {}

    /** Do nothing. */
    public record None() implements Step {}

    /**
     * Returns why no run of a site can follow an upstream run; empty if one can.
     *
     * @param algorithm the upstream run's algorithm
     * @param isPrivate whether the upstream run has differential privacy
     * @param isSecure whether the upstream run has secure aggregation
     */
    public static Optional<String> obstacle(
            String algorithm, FeedbackMethod feedback, boolean isPrivate, boolean isSecure) {
        if (feedback == FeedbackMethod.EF21_STORM) {
            return Optional.of("uses " + algorithm
                    + ", which needs two gradients of the same sample, and a relay has one: choose another algorithm"
                    + " there");
        }
        if (algorithm.equals(Preset.EF14_DECAY_SCATTER_MEAN.text())) {
            return Optional.of("uses " + algorithm
                    + ", whose mean needs the number of devices that sent each coordinate, and a relay sends sums"
                    + " without counts: choose ef14-decay there");
        }
        if (isPrivate) {
            return Optional.of("has privacy, which counts each of its members as one device of weight 1: leave it out"
                    + " there, and let the run at each site have it");
        }
        if (isSecure) {
            return Optional.of("has secure aggregation, which counts each of its members as one device of weight 1:"
                    + " leave it out there, and let the run at each site have it");
        }
        return Optional.empty();
    }

    /**
     * Returns the algorithm of a site's run: that of the upstream run without momentum, which the relay applies to the
     * mean.
     */
    public static Preset algorithm(FeedbackMethod upstream) {
        if (upstream.retainsSum()) {
            return Preset.EF21;
        }
        return upstream == FeedbackMethod.NONE ? Preset.DCGD : Preset.EF14;
    }

    /**
     * Returns the next step towards the answer to an upstream model.
     *
     * @param isAtModel whether a round is open that starts at this model
     * @param left the number of rounds that the upstream run has left, at least 1
     */
    public Step answer(boolean isAtModel, int left) {
        if (state.isOver()) {
            return new Refuse();
        }
        if (state == RunState.CREATED) {
            return new Start();
        }
        if (isAtModel) {
            return new Answer();
        }
        int next = round + 1;
        return new Lead(rounds <= next ? OptionalInt.of(next + left) : OptionalInt.empty());
    }

    /** Returns what to do when the upstream run has finished: the open round is the last, and ends with its model. */
    public Step finish() {
        if (state == RunState.CREATED) {
            return neverStarted();
        }
        if (state.isOver()) {
            return new None();
        }
        int last = round + 1;
        return new Lead(rounds == last ? OptionalInt.empty() : OptionalInt.of(last));
    }

    /** Returns what to do when the upstream run has ended without finishing. */
    public Step cancel() {
        if (state == RunState.CREATED) {
            return neverStarted();
        }
        return state.isOver() ? new None() : new Cancel("the run above was cancelled or has failed");
    }

    /** Returns what to do when the upstream run is over and this relay was never a member. */
    public Step miss() {
        return state == RunState.CREATED ? neverStarted() : new None();
    }

    private static Cancel neverStarted() {
        return new Cancel("the run above is over, but this one had not started");
    }
}

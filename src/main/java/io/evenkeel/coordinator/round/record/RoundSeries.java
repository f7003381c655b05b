package io.evenkeel.coordinator.round.record;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a run's closed rounds as columns for a plot. All lists have one entry for each round in {@code round};
 * totals add up every closed round, not only those listed.
 *
 * @param closed the number of rounds that are closed
 * @param thinned whether rounds were left out; the first, the last and the extremes of the loss are always included
 * @param round k, ascending
 * @param seconds from the opening of the first round to the closing of this one
 * @param loss the mean of the losses reported, null where none was reported
 * @param directionNorm ||g||, the norm of the step's direction
 * @param gamma the step size
 * @param participants the number of clients whose messages are in the round
 * @param sampled the number of members that were asked
 * @param members the number that took part in the run
 * @param uplinkBytes total bytes of the accepted messages up to this round
 * @param downlinkBytes total bytes of models, updates and replicas served up to this round
 * @param denseUplinkBytes bytes of the messages as uncompressed float32, total up to this round
 * @param smoothnessMax the largest smoothness ratio reported, null where none was reported
 * @param epsilon the epsilon spent by the device with the most accepted messages after the round, null without privacy
 * @param tokens total tokens that the devices trained on up to this round, by their own count; 0 where none was
 *     reported
 * @param metrics the means of each metric reported, or the sum for {@code tokens}; null where it was not reported
 */
record RoundSeries(
        int closed,
        boolean thinned,
        List<Integer> round,
        List<Double> seconds,
        List<@Nullable Double> loss,
        List<Double> directionNorm,
        List<Double> gamma,
        List<Integer> participants,
        List<Integer> sampled,
        List<Integer> members,
        List<Long> uplinkBytes,
        List<Long> downlinkBytes,
        List<Long> denseUplinkBytes,
        List<@Nullable Double> smoothnessMax,
        List<@Nullable Double> epsilon,
        List<Double> tokens,
        Map<String, List<@Nullable Double>> metrics) {}

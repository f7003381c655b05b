package io.evenkeel.operator;

/**
 * The record of a closed round.
 *
 * @param loss the participants' mean loss, weighted by samples; NaN if none reported one
 * @param uplinkBytes bodies of the accepted messages
 * @param downlinkBytes bodies of the models and updates served for the round
 * @param denseUplinkBytes what the same messages would have been as plain float32
 * @param gamma the step size
 * @param directionNorm ||g||
 */
public record RoundFigures(
        int round,
        int participants,
        double loss,
        long uplinkBytes,
        long downlinkBytes,
        long denseUplinkBytes,
        double gamma,
        double directionNorm) {}

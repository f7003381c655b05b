package io.evenkeel.cli.runs.watch;

/**
 * A round's loss.
 *
 * @param round its number
 * @param loss the mean of the losses reported
 */
record LossPoint(int round, double loss) {}

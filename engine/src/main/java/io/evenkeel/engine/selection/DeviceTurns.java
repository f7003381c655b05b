package io.evenkeel.engine.selection;

/**
 * A crossover design: devices take part in the arms of an experiment in turn. A hash of the seed and the
 * device's id puts each device into one of as many sequences as there are arms. In block b of rounds the
 * devices of sequence s are in arm (s + b) mod arms, a cyclic Latin square: in each block every device is in
 * one arm, and over {@code arms} blocks it is once in each. Immutable.
 *
 * @param seed the seed of the sequences; the same in all arms
 * @param arm the index of this arm, from 0
 * @param arms the number of arms, 2 or more
 * @param block the number of rounds that a device stays in an arm, 1 or more
 */
public record DeviceTurns(String seed, int arm, int arms, int block) {

    // Uses a different seed, because parts with the same seed are intervals of fractions, and sequences must be
    // independent of them.
    private static final String PREFIX = "crossover:";

    /** Returns the sequence of a device, from 0 to below {@code arms}. */
    public int sequence(String device) {
        return (int) (arms * DeviceFraction.of(PREFIX + seed, device));
    }

    /**
     * Returns whether a round of this arm is a device's turn.
     *
     * @param round the arm's round, from 0
     */
    public boolean has(String device, int round) {
        return (sequence(device) + round / block) % arms == arm;
    }
}

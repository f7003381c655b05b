package io.evenkeel.engine.selection;

/**
 * A random part of all devices: those whose {@link DeviceFraction} with a seed lies in an interval. Parts of
 * the same seed whose intervals do not overlap have no device in common. Immutable.
 *
 * @param seed the seed of the division, see {@link DeviceFraction#of}
 * @param from the smallest fraction, 0 or more
 * @param to the exclusive upper bound of fractions, above {@code from} and at most 1
 */
public record DevicePart(String seed, double from, double to) {

    /** The maximum length of a seed. */
    public static final int MAX_SEED_LENGTH = 100;

    /** Returns whether a device belongs to the part. */
    public boolean contains(String device) {
        double fraction = DeviceFraction.of(seed, device);
        return fraction >= from && fraction < to;
    }

    /** Describes the part, to follow "devices". */
    @Override
    public String toString() {
        return "whose fraction with the seed '" + seed + "' is at least " + from + " and below " + to;
    }
}

package io.evenkeel.core.secagg;

import java.util.OptionalDouble;

/**
 * The words that a cohort adds: the K values of a message in the order of its support, the device's loss, and
 * the number of devices that report a loss. Immutable.
 */
public final class VectorWords {

    /** The number of words in addition to the values. */
    public static final int EXTRA = 2;

    /** The unit of a loss is 2^-16; losses are limited to 2^15 divided by the number of members. */
    private static final int LOSS_EXPONENT = -16;

    private final FixedPoint values;
    private final FixedPoint losses;

    /**
     * @param exponent the values' unit is 2^exponent, -1022 to 0
     * @param maxMembers the size of the largest cohort, at least 1
     */
    public VectorWords(int exponent, int maxMembers) {
        this.values = new FixedPoint(exponent, maxMembers);
        this.losses = new FixedPoint(LOSS_EXPONENT, maxMembers);
    }

    /** Returns the fixed point of the values. */
    public FixedPoint coding() {
        return values;
    }

    /**
     * Returns a device's words.
     *
     * @param message K values, finite
     * @param loss the device's loss, finite; empty if it has none
     */
    public int[] encode(double[] message, OptionalDouble loss) {
        int[] words = new int[message.length + EXTRA];
        for (int j = 0; j < message.length; j++) {
            words[j] = values.encode(message[j]);
        }
        loss.ifPresent(value -> {
            words[message.length] = losses.encode(value);
            words[message.length + 1] = 1;
        });
        return words;
    }

    /** Returns the sum of the values, K of the K + 2 words of a sum. */
    public double[] values(int[] sum) {
        double[] decoded = new double[sum.length - EXTRA];
        for (int j = 0; j < decoded.length; j++) {
            decoded[j] = values.decode(sum[j]);
        }
        return decoded;
    }

    /** Returns the number of devices that reported a loss. Devices may lie, so it may be negative or too large. */
    public int reporters(int[] sum) {
        return sum[sum.length - 1];
    }

    /** Returns the mean of the reported losses; empty if no device reported one. */
    public OptionalDouble meanLoss(int[] sum) {
        return reporters(sum) > 0
                ? OptionalDouble.of(losses.decode(sum[sum.length - EXTRA]) / reporters(sum))
                : OptionalDouble.empty();
    }
}

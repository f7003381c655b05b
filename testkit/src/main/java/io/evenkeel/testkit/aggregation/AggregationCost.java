package io.evenkeel.testkit.aggregation;

import java.util.Locale;

/**
 * The cost of one round with secure aggregation.
 *
 * @param members the number of members that send keys
 * @param threshold t, the number of shares that reconstruct a secret
 * @param words K, the number of values in a message
 * @param dropped the number of members that drop out after they have sent their shares
 * @param sent bytes that a device sends if it takes all steps
 * @param received bytes that it receives, without the model
 * @param deviceSeconds the processor time of such a device
 * @param coordinatorSeconds the processor time of the coordinator
 */
record AggregationCost(
        int members,
        int threshold,
        int words,
        int dropped,
        double sent,
        double received,
        double deviceSeconds,
        double coordinatorSeconds) {

    static String head() {
        return "| devices | threshold | K | drop out | a device sends, bytes | times K float32 | a device"
                + " gets, bytes | device, ms | coordinator, s |\n"
                + "|---|---|---|---|---|---|---|---|---|";
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %,d | %d | %,d | %d | %,.0f | %.2f | %,.0f | %,.1f | %,.3f |",
                members,
                threshold,
                words,
                dropped,
                sent,
                sent / (Float.BYTES * (double) words),
                received,
                deviceSeconds * 1e3,
                coordinatorSeconds);
    }
}

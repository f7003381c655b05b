package io.evenkeel.core.compress;

import io.evenkeel.core.catalogue.Parameter;

/** An amount of items to send: a count, or a share of the total. */
public sealed interface Amount {

    /** The expected form of an amount, for error messages. */
    String EXPECTED =
            "a count of at least 1 such as 100, or a share above 0 and up to 1 with a decimal point such as 0.01";

    /** An amount as a selection's parameter. */
    Parameter PARAMETER = Parameter.text("amount", EXPECTED, null);

    /**
     * Returns the amount as a count.
     *
     * @param total the number of items, at least 1
     * @param what the plural name of the items, for the error message
     * @return from 1 to {@code total}
     * @throws IllegalArgumentException if the amount is a count above the total
     */
    int of(int total, String what);

    /**
     * A fixed count, written as an integer.
     *
     * @param count at least 1
     */
    record Count(int count) implements Amount {

        /**
         * @throws IllegalArgumentException if the count is below 1
         */
        public Count {
            if (count < 1) {
                throw refused(Integer.toString(count));
            }
        }

        @Override
        public int of(int total, String what) {
            if (count > total) {
                throw new IllegalArgumentException("the amount is " + count + ", but there are only " + total + " "
                        + what + ": give a count up to " + total + ", or a share such as 0.01");
            }
            return count;
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /**
     * A share of the total, written with a decimal point; at least one item.
     *
     * @param share above 0 and at most 1
     */
    record Share(double share) implements Amount {

        /**
         * @throws IllegalArgumentException if the share is not in (0, 1]
         */
        public Share {
            if (!(share > 0 && share <= 1)) {
                throw refused(Double.toString(share));
            }
        }

        /** Returns max(1, floor(share * total + 0.5)), in double arithmetic. */
        @Override
        public int of(int total, String what) {
            return Math.max(1, (int) Math.round(share * total));
        }

        @Override
        public String toString() {
            return Decimal.text(share);
        }
    }

    private static IllegalArgumentException refused(String actual) {
        return new IllegalArgumentException("the amount is " + actual + ", expected " + EXPECTED);
    }
}

package io.evenkeel.core.privacy;

/**
 * A rule that scales a vector so that its norm does not exceed a bound. The texts are permanent, since plans
 * contain them.
 */
public sealed interface Normalization {

    /**
     * Returns the factor that scales a vector.
     *
     * @param norm the vector's norm, at least 0; may be infinite
     * @param bound the largest norm of the result, above 0
     */
    double factor(double norm, double bound);

    /**
     * Smoothed normalization, {@code bound u/(a + ||u||)}: every vector becomes shorter than the bound, without a
     * threshold below which vectors are unchanged (Shulgin, Khirirat, Richtárik, arXiv 2502.13482). Text {@code
     * smoothed:<a>}.
     *
     * @param smoothing a, in the unit of the gradients, from 1e-30 to 1e30
     */
    record Smoothed(double smoothing) implements Normalization {

        public Smoothed {
            Ranges.require("the smoothing", smoothing, Ranges.SMALLEST, Ranges.LARGEST);
        }

        @Override
        public double factor(double norm, double bound) {
            return bound / (smoothing + norm);
        }

        @Override
        public String toString() {
            return "smoothed:" + smoothing;
        }
    }

    /**
     * Clipping: a vector longer than the bound is scaled to it, and a shorter one is unchanged. Text
     * {@code clip}.
     */
    record Clip() implements Normalization {

        @Override
        public double factor(double norm, double bound) {
            return norm > bound ? bound / norm : 1;
        }

        @Override
        public String toString() {
            return "clip";
        }
    }

    /**
     * Reads a text form; {@code smoothed} alone is {@code smoothed:1}.
     *
     * @throws IllegalArgumentException if the text is invalid; the message says what is expected
     */
    static Normalization parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts[0].equals("clip") && parts.length == 1) {
            return new Clip();
        }
        if (parts[0].equals("smoothed") && parts.length <= 2) {
            return new Smoothed(parts.length == 1 ? 1 : Ranges.number("the smoothing", parts[1]));
        }
        throw new IllegalArgumentException("'" + text + "' is not a normalization: expected smoothed:<a> or clip");
    }
}

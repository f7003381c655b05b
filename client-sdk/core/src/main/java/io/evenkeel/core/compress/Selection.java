package io.evenkeel.core.compress;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Parameter;

/**
 * A rule that selects the coordinates to send. Texts and ids are permanent, since configurations and frames
 * contain them.
 */
public sealed interface Selection {

    /** Returns the permanent numeric id. */
    int id();

    /** Returns the catalogue entry of this kind of selection. */
    Entry entry();

    /** Returns the permanent name, the text's first part. */
    default String name() {
        return entry().name();
    }

    /** Calls the visitor's method for this alternative and returns its result. */
    <T> T accept(Visitor<T> visitor);

    /**
     * One method for each alternative: code that depends on the selection does not compile until it handles a
     * new alternative.
     *
     * @param <T> the result's type
     */
    interface Visitor<T> {

        /** Handles {@code identity}. */
        T identity(Identity identity);

        /** Handles {@code top-k}. */
        T topK(TopK topK);

        /** Handles {@code rand-k}. */
        T randK(RandK randK);

        /** Handles {@code block-top-k}. */
        T blockTopK(BlockTopK blockTopK);

        /** Handles {@code layer-top-k}. */
        T layerTopK(LayerTopK layerTopK);

        /** Handles {@code threshold}. */
        T threshold(Threshold threshold);
    }

    /** Every coordinate: {@code identity}. */
    record Identity() implements Selection {

        static final Entry ENTRY = Entry.of("identity", "All coordinates.");

        @Override
        public int id() {
            return 0;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.identity(this);
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /**
     * The largest magnitudes, ties to the lower index: {@code top-k:<amount>}.
     *
     * @param amount K, or its share of d
     */
    record TopK(Amount amount) implements Selection {

        static final Entry ENTRY = Entry.of(
                        "top-k", "The K largest magnitudes, ties to the lower index.", Amount.PARAMETER)
                .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

        @Override
        public int id() {
            return 1;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.topK(this);
        }

        @Override
        public String toString() {
            return name() + ":" + amount;
        }
    }

    /**
     * Coordinates drawn from a seed, not scaled up: {@code rand-k:<amount>}.
     *
     * @param amount K, or its share of d
     */
    record RandK(Amount amount) implements Selection {

        static final Entry ENTRY = Entry.of(
                "rand-k",
                "K coordinates drawn from a seed; the message has the seed instead of the indices.",
                Amount.PARAMETER);

        @Override
        public int id() {
            return 2;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.randK(this);
        }

        @Override
        public String toString() {
            return name() + ":" + amount;
        }
    }

    /**
     * The blocks of consecutive coordinates with the largest norms, ties to the lower block:
     * {@code block-top-k:<length>:<amount>}.
     *
     * @param length coordinates in a block, at least 1
     * @param amount the number of blocks, or their share of all ceil(d / length) blocks
     */
    record BlockTopK(int length, Amount amount) implements Selection {

        static final Entry ENTRY = Entry.of(
                        "block-top-k",
                        "The K blocks of consecutive coordinates with the largest norms.",
                        Parameter.text("length", "an integer of at least 1 such as 64", null),
                        Amount.PARAMETER)
                .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

        /**
         * @throws IllegalArgumentException if the length is below 1
         */
        public BlockTopK {
            if (length < 1) {
                throw new IllegalArgumentException(
                        "the block length is " + length + ", expected an integer of at least 1 such as 64");
            }
        }

        @Override
        public int id() {
            return 3;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.blockTopK(this);
        }

        @Override
        public String toString() {
            return name() + ":" + length + ":" + amount;
        }
    }

    /**
     * The largest magnitudes of each tensor: {@code layer-top-k:<amount>}.
     *
     * @param amount K for every tensor, or its share of each tensor's values
     */
    record LayerTopK(Amount amount) implements Selection {

        static final Entry ENTRY = Entry.of("layer-top-k", "The K largest magnitudes of each tensor.", Amount.PARAMETER)
                .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

        @Override
        public int id() {
            return 4;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.layerTopK(this);
        }

        @Override
        public String toString() {
            return name() + ":" + amount;
        }
    }

    /**
     * Every magnitude of at least lambda: {@code threshold:<lambda>}.
     *
     * @param lambda positive and finite
     */
    record Threshold(double lambda) implements Selection {

        static final Entry ENTRY = Entry.of(
                        "threshold",
                        "Every magnitude of at least lambda.",
                        Parameter.text("lambda", "a positive finite number such as 0.001", null))
                .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION, Feature.DOWNLINK);

        /**
         * @throws IllegalArgumentException if lambda is not positive and finite
         */
        public Threshold {
            if (!(lambda > 0 && lambda <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException("the threshold is " + lambda
                        + ", expected a positive finite number such as 0.001; to send everything use identity");
            }
        }

        @Override
        public int id() {
            return 5;
        }

        @Override
        public Entry entry() {
            return ENTRY;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.threshold(this);
        }

        @Override
        public String toString() {
            return name() + ":" + Decimal.text(lambda);
        }
    }
}

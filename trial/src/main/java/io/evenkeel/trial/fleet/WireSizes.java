package io.evenkeel.trial.fleet;

import io.evenkeel.core.compress.Amount;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.RoundUpdate;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * Computes the sizes of messages and updates on the wire by encoding random ones. Random coordinates give the
 * longest frames, because coordinates in training are closer together. Above {@value #MAX_ENCODED}
 * parameters, a smaller model with the same share of coordinates is encoded instead.
 */
public final class WireSizes {

    static final int MAX_ENCODED = 1 << 22;

    private static final long SEED = 1;
    private static final Report REPORT =
            new Report(100, OptionalDouble.of(1), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());

    private WireSizes() {}

    /** Returns the bytes of a device's message with a loss in its report. */
    public static long message(Compressor compressor) {
        CompressedVector vector = compressed(compressor);
        int bytes = new Message(1, 0, REPORT, vector).encode().length;
        return scaled(bytes, vector, compressor.dimension());
    }

    /** Returns the bytes of a round's compressed delta. */
    public static long delta(Compressor downlink) {
        CompressedVector vector = compressed(downlink);
        return scaled(ModelDelta.encodedSize(vector), vector, downlink.dimension());
    }

    /**
     * Returns the bytes of a round's update: the new values of all coordinates of S that the messages
     * changed, in double precision.
     *
     * @param dimension d
     * @param values the values of a message
     * @param messages the messages of the round, whose coordinates overlap only by chance
     */
    public static long update(long dimension, long values, long messages) {
        int d = (int) Math.min(dimension, MAX_ENCODED);
        double share = 1 - StrictMath.pow(1 - (double) values / dimension, (double) messages);
        Random random = new Random(SEED);
        int[] changed = new int[d];
        int count = 0;
        for (int j = 0; j < d; j++) {
            if (random.nextDouble() < share) {
                changed[count++] = j;
            }
        }
        Support listed = new Support.Listed(d, Arrays.copyOf(changed, count));
        Support all = new Support.All(d);
        return scaled(
                Math.min(update(listed), update(all)),
                new CompressedVector(all, ValueCoding.FLOAT64, new double[d]),
                dimension);
    }

    private static int update(Support support) {
        double[] values = new double[support.count()];
        return new RoundUpdate(0, true, 1, new double[] {1}, new CompressedVector(support, ValueCoding.FLOAT64, values))
                .encode()
                .length;
    }

    /** Compresses a vector of normally distributed values. */
    private static CompressedVector compressed(Compressor compressor) {
        int d = Math.min(compressor.dimension(), MAX_ENCODED);
        Compressor used = d == compressor.dimension() ? compressor : smaller(compressor, d);
        Random random = new Random(SEED);
        float[] values = new float[d];
        for (int j = 0; j < d; j++) {
            values[j] = (float) random.nextGaussian();
        }
        return used.compress(values, null, SEED);
    }

    private static Compressor smaller(Compressor compressor, int dimension) {
        CompressorSpec spec = compressor.spec();
        Selection selection = spec.selection().accept(new Proportionate(compressor.dimension()));
        return new CompressorSpec(selection, spec.coding()).bind(TensorLayout.flat(dimension));
    }

    private static long scaled(long bytes, CompressedVector encoded, long dimension) {
        return Math.round((double) bytes * dimension / encoded.dimension());
    }

    /** Converts counts of coordinates to shares of the model. A threshold may select all. */
    private record Proportionate(int dimension) implements Selection.Visitor<Selection> {

        private Amount share(Amount amount, int total) {
            return amount instanceof Amount.Count count
                    ? new Amount.Share(Math.min(1, (double) count.count() / total))
                    : amount;
        }

        @Override
        public Selection identity(Selection.Identity identity) {
            return identity;
        }

        @Override
        public Selection topK(Selection.TopK topK) {
            return new Selection.TopK(share(topK.amount(), dimension));
        }

        @Override
        public Selection randK(Selection.RandK randK) {
            return new Selection.RandK(share(randK.amount(), dimension));
        }

        @Override
        public Selection blockTopK(Selection.BlockTopK blocks) {
            int total = Support.Blocks.total(dimension, blocks.length());
            return new Selection.BlockTopK(blocks.length(), share(blocks.amount(), total));
        }

        @Override
        public Selection layerTopK(Selection.LayerTopK layers) {
            return new Selection.LayerTopK(share(layers.amount(), dimension));
        }

        @Override
        public Selection threshold(Selection.Threshold threshold) {
            return threshold;
        }
    }
}

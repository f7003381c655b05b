package io.evenkeel.core.wire;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.wire.WireException.Fault;
import org.jspecify.annotations.Nullable;

/** How the support of one frame is written: decided once, then sized and written. */
final class IndexSection {

    private final Support support;
    private final int coding;
    private final @Nullable Gaps gaps;
    private final @Nullable GolombCode golomb;
    private final long bytes;

    private IndexSection(Support support, int coding, @Nullable Gaps gaps, @Nullable GolombCode golomb, long bytes) {
        this.support = support;
        this.coding = coding;
        this.gaps = gaps;
        this.golomb = golomb;
        this.bytes = bytes;
    }

    static IndexSection of(Support support) {
        if (support instanceof Support.Listed listed) {
            return smaller(support, Gaps.of(listed), FrameLayout.BITMAP, FrameLayout.GOLOMB, 0);
        }
        if (support instanceof Support.Blocks blocks) {
            return smaller(
                    support,
                    Gaps.of(blocks),
                    FrameLayout.BLOCK_BITMAP,
                    FrameLayout.BLOCK_GOLOMB,
                    FrameLayout.BLOCK_LENGTH_BYTES);
        }
        return support instanceof Support.Seeded
                ? new IndexSection(support, FrameLayout.SEED, null, null, FrameLayout.SEED_BYTES)
                : new IndexSection(support, FrameLayout.EVERY_COORDINATE, null, null, 0);
    }

    /** Takes the smaller of bitmap and gaps, and the bitmap, which is read faster, if they are the same size. */
    private static IndexSection smaller(Support support, Gaps gaps, int bitmapCoding, int golombCoding, int more) {
        GolombCode golomb = GolombCode.best(gaps);
        long golombBytes = golomb.bytes(gaps);
        int bitmapBytes = Bitmap.bytes(gaps.bound());
        return golombBytes < bitmapBytes
                ? new IndexSection(support, golombCoding, gaps, golomb, more + golombBytes)
                : new IndexSection(support, bitmapCoding, gaps, null, more + (long) bitmapBytes);
    }

    int coding() {
        return coding;
    }

    long bytes() {
        return bytes;
    }

    void write(WireWriter out) {
        if (support instanceof Support.Seeded seeded) {
            out.i64(seeded.seed());
        }
        if (support instanceof Support.Blocks blocks) {
            out.i32(blocks.length());
        }
        if (golomb != null && gaps != null) {
            golomb.write(gaps, out);
        } else if (gaps != null) {
            Bitmap.write(gaps, out);
        }
    }

    /** Reads a support of {@code count} of {@code dimension} coordinates, or refuses. */
    static Support read(WireReader in, int coding, int dimension, int count) {
        return switch (coding) {
            case FrameLayout.EVERY_COORDINATE -> all(in, dimension, count);
            case FrameLayout.BITMAP -> new Support.Listed(dimension, Bitmap.read(in, count, dimension));
            case FrameLayout.GOLOMB -> new Support.Listed(dimension, GolombCode.read(in, count, dimension));
            case FrameLayout.SEED -> new Support.Seeded(dimension, count, in.i64("the seed"));
            case FrameLayout.BLOCK_BITMAP, FrameLayout.BLOCK_GOLOMB -> blocks(in, coding, dimension, count);
            default ->
                throw new WireException(
                        Fault.NOT_CANONICAL,
                        in.position() - FrameLayout.HEADER_BYTES + Envelope.FLAGS_OFFSET + 1,
                        "index coding " + coding,
                        "0 to " + FrameLayout.BLOCK_GOLOMB);
        };
    }

    private static Support all(WireReader in, int dimension, int count) {
        if (count != dimension) {
            throw new WireException(
                    Fault.INVALID_INDEX,
                    in.position() - Integer.BYTES,
                    "count " + count + " for every coordinate",
                    "the dimension, " + dimension);
        }
        return new Support.All(dimension);
    }

    private static Support blocks(WireReader in, int coding, int dimension, int count) {
        int start = in.position();
        int length = in.u31("the block length", 1, Fault.NOT_CANONICAL);
        if (length > dimension) {
            throw new WireException(
                    Fault.NOT_CANONICAL, start, "block length " + length, "1 to the dimension, " + dimension);
        }
        // Only the last block of the vector can be short, so that the count of values tells the count of blocks.
        int blockCount = Support.Blocks.total(count, length);
        int bound = Support.Blocks.total(dimension, length);
        int[] numbers = coding == FrameLayout.BLOCK_BITMAP
                ? Bitmap.read(in, blockCount, bound)
                : GolombCode.read(in, blockCount, bound);
        Support.Blocks blocks = new Support.Blocks(dimension, length, numbers);
        if (blocks.count() != count) {
            throw new WireException(
                    Fault.INVALID_INDEX,
                    start,
                    "blocks of " + blocks.count() + " coordinates",
                    "as many as there are values, " + count);
        }
        return blocks;
    }
}

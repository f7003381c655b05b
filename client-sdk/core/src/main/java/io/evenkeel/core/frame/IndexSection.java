package io.evenkeel.core.frame;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.frame.WireException.Fault;

/**
 * The index section of one frame. Chooses the coding of the support once, so the section's size is known
 * before it is written.
 */
final class IndexSection {

    /** Writes the section, {@link #bytes} bytes. */
    private interface Content {
        void write(WireWriter out);
    }

    private final int coding;
    private final long bytes;
    private final Content content;

    private IndexSection(int coding, long bytes, Content content) {
        this.coding = coding;
        this.bytes = bytes;
        this.content = content;
    }

    static IndexSection of(Support support) {
        return support.accept(new Choice());
    }

    /** Chooses the coding of each kind of support. */
    private static final class Choice implements Support.Visitor<IndexSection> {

        @Override
        public IndexSection all(Support.All all) {
            return new IndexSection(FrameLayout.EVERY_COORDINATE, 0, out -> {});
        }

        @Override
        public IndexSection listed(Support.Listed listed) {
            return smallest(Gaps.of(listed), FrameLayout.BITMAP, FrameLayout.GOLOMB, FrameLayout.ADAPTIVE);
        }

        @Override
        public IndexSection seeded(Support.Seeded seeded) {
            return new IndexSection(FrameLayout.SEED, FrameLayout.SEED_BYTES, out -> out.i64(seeded.seed()));
        }

        @Override
        public IndexSection blocks(Support.Blocks blocks) {
            IndexSection numbers = smallest(
                    Gaps.of(blocks), FrameLayout.BLOCK_BITMAP, FrameLayout.BLOCK_GOLOMB, FrameLayout.BLOCK_ADAPTIVE);
            return new IndexSection(numbers.coding, FrameLayout.BLOCK_LENGTH_BYTES + numbers.bytes, out -> {
                out.i32(blocks.length());
                numbers.write(out);
            });
        }
    }

    /** Returns the shortest of three codings; in a tie the first, which is the fastest to read. */
    private static IndexSection smallest(Gaps gaps, int bitmapCoding, int golombCoding, int adaptiveCoding) {
        int bitmapBytes = Bitmap.bytes(gaps.bound());
        GolombCode golomb = GolombCode.best(gaps);
        long golombBytes = golomb.bytes(gaps);
        AdaptiveGaps adaptive = new AdaptiveGaps(gaps);
        if (bitmapBytes <= Math.min(golombBytes, adaptive.bytes())) {
            return new IndexSection(bitmapCoding, bitmapBytes, out -> Bitmap.write(gaps, out));
        }
        return golombBytes <= adaptive.bytes()
                ? new IndexSection(golombCoding, golombBytes, out -> golomb.write(gaps, out))
                : new IndexSection(adaptiveCoding, adaptive.bytes(), adaptive::write);
    }

    int coding() {
        return coding;
    }

    long bytes() {
        return bytes;
    }

    void write(WireWriter out) {
        content.write(out);
    }

    /** Reads a support of {@code count} of {@code dimension} coordinates. */
    static Support read(WireReader in, int coding, int dimension, int count) {
        return switch (coding) {
            case FrameLayout.EVERY_COORDINATE -> all(in, dimension, count);
            case FrameLayout.BITMAP -> new Support.Listed(dimension, Bitmap.read(in, count, dimension));
            case FrameLayout.GOLOMB -> new Support.Listed(dimension, GolombCode.read(in, count, dimension));
            case FrameLayout.SEED -> new Support.Seeded(dimension, count, in.i64("the seed"));
            case FrameLayout.ADAPTIVE -> new Support.Listed(dimension, AdaptiveGaps.read(in, count, dimension));
            case FrameLayout.BLOCK_BITMAP, FrameLayout.BLOCK_GOLOMB, FrameLayout.BLOCK_ADAPTIVE ->
                blocks(in, coding, dimension, count);
            default ->
                throw new WireException(
                        Fault.NOT_CANONICAL,
                        in.position() - FrameLayout.HEADER_BYTES + FormatHeader.FLAGS_OFFSET + 1,
                        "index coding " + coding,
                        "0 to " + FrameLayout.BLOCK_ADAPTIVE);
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
        // Only the last block of the vector can be short, so the count of values determines the count of blocks.
        int blockCount = Support.Blocks.total(count, length);
        int bound = Support.Blocks.total(dimension, length);
        int[] numbers = switch (coding) {
            case FrameLayout.BLOCK_BITMAP -> Bitmap.read(in, blockCount, bound);
            case FrameLayout.BLOCK_GOLOMB -> GolombCode.read(in, blockCount, bound);
            case FrameLayout.BLOCK_ADAPTIVE -> AdaptiveGaps.read(in, blockCount, bound);
            default -> throw new IllegalArgumentException("index coding " + coding + " lists no blocks");
        };
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

package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;

/** Writes one frame. The constructor chooses its codings; then its size is known and it can be written. */
public final class FrameWriter {

    private final CompressedVector vector;
    private final IndexSection indices;
    private final ValueWriter values;

    /**
     * @throws IllegalArgumentException if a value is not a level of its log coding; other codings check values when they write them
     */
    public FrameWriter(CompressedVector vector) {
        this.vector = vector;
        this.indices = IndexSection.of(vector.support());
        this.values = new ValueWriter(vector);
    }

    public long bytes() {
        return FrameLayout.HEADER_BYTES + indices.bytes() + values.bytes() + Checksum.BYTES;
    }

    public void write(WireWriter out) {
        int start = out.position();
        FormatHeader.FRAME.write(out, 0);
        out.u8(vector.coding().id() << FrameLayout.CODING_BITS | indices.coding());
        out.i32(vector.dimension());
        out.i32(vector.count());
        indices.write(out);
        values.write(out);
        out.checksum(start);
    }
}

package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;

/** Writes one frame. The constructor chooses its codings, so its size is known before it is written. */
public final class FrameWriter {

    private final FrameHead head;
    private final ValueWriter values;

    /**
     * @throws IllegalArgumentException if a value is not a level of its log coding; other codings check values when
     *     they write them
     */
    public FrameWriter(CompressedVector vector) {
        this.head = new FrameHead(vector.support(), vector.coding());
        this.values = new ValueWriter(vector);
    }

    public long bytes() {
        return head.bytes() + values.bytes() + Checksum.BYTES;
    }

    public void write(WireWriter out) {
        int start = out.position();
        head.write(out);
        values.write(out);
        out.checksum(start);
    }
}

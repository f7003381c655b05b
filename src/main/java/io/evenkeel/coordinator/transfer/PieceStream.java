package io.evenkeel.coordinator.transfer;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Passes written bytes to a sink in pieces of 1 MiB; the last piece may be shorter. Not thread-safe. */
final class PieceStream extends OutputStream {

    private static final int BYTES = 1 << 20;

    private final Consumer<byte[]> sink;
    private final byte[] piece = new byte[BYTES];
    private int count;

    /**
     * Creates a stream.
     *
     * @param sink receives each piece as a separate array
     */
    PieceStream(Consumer<byte[]> sink) {
        this.sink = sink;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int copied = Math.min(end - from, BYTES - count);
            System.arraycopy(bytes, from, piece, count, copied);
            from += copied;
            count += copied;
            if (count == BYTES) {
                handOn();
            }
        }
    }

    private void handOn() {
        if (count > 0) {
            sink.accept(Arrays.copyOf(piece, count));
            count = 0;
        }
    }

    @Override
    public void close() {
        handOn();
    }
}

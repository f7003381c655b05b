package io.evenkeel.coordinator.transfer;

import java.io.IOException;
import java.io.InputStream;

/** Reads a version's file from the records that contain its pieces. Holds one piece in memory. Not thread-safe. */
final class VersionFileStream extends InputStream {

    private final RecordCursor records;
    private byte[] piece = {};
    private int position;

    /** Starts with the next record. */
    VersionFileStream(RecordCursor records) {
        this.records = records;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? piece[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, into, offset, count);
        position += count;
        return count;
    }

    private boolean hasMore() throws IOException {
        while (position == piece.length) {
            if (records.peek() != Part.VERSION_FILE) {
                return false;
            }
            piece = records.take().row().bytes("data");
            position = 0;
        }
        return true;
    }
}

package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.Response;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Downloads large bodies in pieces. */
public final class Pieces {

    /** The size of a piece in bytes. Larger downloads are split. */
    public static final int BYTES = 8 << 20;

    private static final int PARTIAL = 206;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes \\d{1,10}-\\d{1,10}/(\\d{1,10})");

    private final AuthenticatedRequests requests;

    Pieces(AuthenticatedRequests requests) {
        this.requests = requests;
    }

    /** Receives the progress of a large download. */
    @FunctionalInterface
    public interface Arrival {

        /**
         * Receives the progress.
         *
         * @param bytes the number of bytes that have arrived
         * @param size the total number of bytes
         */
        void arrived(long bytes, long size);
    }

    /** Downloads a body piece by piece, so that after an interruption only the current piece is repeated. */
    byte[] download(String path, long maxBytes, Arrival arrival) throws InterruptedException {
        if (maxBytes <= BYTES) {
            return requests.send(requests.authenticated("GET", path, maxBytes)).body();
        }
        byte[] whole = {};
        long from = 0;
        do {
            Response response = requests.send(requests.authenticated("GET", path, maxBytes)
                    .header("Range", "bytes=" + from + "-" + (from + BYTES - 1)));
            byte[] piece = response.body();
            int size = wholeSize(response, maxBytes);
            if (size < from + piece.length || piece.length == 0 || (from > 0 && size != whole.length)) {
                // A proxy has dropped the range, or the body is a different one, which its reader refuses.
                return piece;
            }
            whole = from == 0 ? new byte[size] : whole;
            System.arraycopy(piece, 0, whole, (int) from, piece.length);
            from += piece.length;
            if (size > BYTES) {
                arrival.arrived(from, size);
            }
        } while (from < whole.length);
        return whole;
    }

    /** Returns the total length of the body of which a response contains a part, 0 if it is not stated. */
    private static int wholeSize(Response response, long maxBytes) {
        Matcher range = CONTENT_RANGE.matcher(response.header("Content-Range").orElse(""));
        long size = response.status() == PARTIAL && range.matches() ? Long.parseLong(range.group(1)) : 0;
        return size > Math.min(maxBytes, Integer.MAX_VALUE - 8) ? 0 : (int) size;
    }
}

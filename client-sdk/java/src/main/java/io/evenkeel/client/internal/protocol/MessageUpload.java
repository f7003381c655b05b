package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.core.wire.Digest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Uploads a large message in parts, so that after an interruption only the missing bytes are sent again
 * (draft-ietf-httpbis-resumable-upload).
 *
 * <p>Not thread-safe.
 */
final class MessageUpload {

    /** The size of a part in bytes. Larger messages are uploaded in parts. */
    static final int PART_BYTES = 8 << 20;

    private static final int MAX_STALLS = 10;

    /**
     * Refusals after which the message is sent in one request: the coordinator does not accept parts, or a proxy
     * answered.
     */
    private static final Set<ProblemType> OTHER_WAY = Set.of(ProblemType.NOT_FOUND, ProblemType.OTHER);

    private static final long MAX_ANSWER_BYTES = 4096;
    private static final String OFFSET = "Upload-Offset";

    private final AuthenticatedRequests requests;
    private final Retries retries;
    private final String sha256;
    private final String path;
    private final byte[] message;

    MessageUpload(AuthenticatedRequests requests, Retries retries, String run, int round, byte[] message) {
        this.requests = requests;
        this.retries = retries;
        this.sha256 = DownloadedVersion.hex(Digest.sha256().digest(message));
        this.path = "runs/" + run + "/members/me/uploads/" + sha256 + "?round=" + round;
        this.message = message;
    }

    /** Returns the SHA-256 of the message in hex, which names the upload. */
    String sha256() {
        return sha256;
    }

    /**
     * Uploads the message.
     *
     * @param arrived receives the number of bytes that have arrived
     * @return whether the coordinator has the whole message; false if it does not accept parts, or several attempts
     *     made no progress
     * @throws CoordinatorException if the coordinator refuses the message, such as one whose round is closed
     */
    boolean send(LongConsumer arrived) throws InterruptedException {
        try {
            return sendParts(arrived);
        } catch (CoordinatorException e) {
            if (OTHER_WAY.contains(e.problem().type())) {
                return false;
            }
            throw e;
        }
    }

    private boolean sendParts(LongConsumer arrived) throws InterruptedException {
        int offset = requestOffset();
        if (offset > 0) {
            arrived.accept(offset);
        }
        for (int stalls = 0; offset >= 0 && offset < message.length && stalls < MAX_STALLS; ) {
            if (stalls > 0) {
                retries.pause(Duration.ofSeconds(stalls));
            }
            int next = sendPart(offset);
            stalls = next > offset ? 0 : stalls + 1;
            offset = next;
            if (stalls == 0) {
                arrived.accept(offset);
            }
        }
        return offset == message.length;
    }

    /**
     * Asks the coordinator for the number of bytes that have arrived; returns -1 if the response does not contain it.
     */
    private int requestOffset() throws InterruptedException {
        return offset(requests.send(requests.authenticated("GET", path, MAX_ANSWER_BYTES)));
    }

    /** Returns the number of arrived bytes in a response, -1 if it has none for this message. */
    private int offset(Response response) {
        String text = response.header(OFFSET).orElse("");
        long offset = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
        return offset <= message.length ? (int) offset : -1;
    }

    /** Sends a part in a single attempt; returns the number of bytes that have arrived afterwards. */
    private int sendPart(int offset) throws InterruptedException {
        byte[] part = Arrays.copyOfRange(message, offset, offset + Math.min(PART_BYTES, message.length - offset));
        Request request = requests.authenticated("PATCH", path, MAX_ANSWER_BYTES)
                .header(OFFSET, String.valueOf(offset))
                .body("application/partial-upload", part);
        try {
            return offset(requests.sendOnce(request));
        } catch (DeadlineException e) {
            // The connection broke. The bytes that had arrived are kept.
            return requestOffset();
        } catch (CoordinatorException e) {
            if (e.problem().type() == ProblemType.CONFLICT) {
                // An earlier part that had timed out was still arriving.
                return requestOffset();
            }
            throw e;
        }
    }
}

package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.Retries;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Sends a message of a round. All calls are idempotent and are retried. Refusals throw {@link
 * io.evenkeel.client.CoordinatorException}.
 *
 * <p>Not thread-safe.
 */
public final class MessageSender {

    private static final long MAX_JSON_BYTES = 8L << 20;
    private static final String MEDIA_TYPE = "application/vnd.evenkeel.message";

    private final AuthenticatedRequests requests;
    private final Retries retries;
    private final String run;
    private final ModelReference model;
    private final byte[] message;

    MessageSender(AuthenticatedRequests requests, Retries retries, String run, ModelReference model, byte[] message) {
        this.requests = requests;
        this.retries = retries;
        this.run = run;
        this.model = model;
        this.message = message;
    }

    /**
     * Sends the message and requests the next task, in one request. A large message is first uploaded in parts.
     *
     * @param wait as in {@link Coordinator#task}
     * @param since as in {@link Coordinator#task}
     * @param taker receives the receipt as soon as it has arrived
     * @param arrived receives the number of bytes of a large message that have arrived
     * @return the task; {@code Nothing} without a pause if the response contained none
     */
    public DeviceTask send(Duration wait, int since, Consumer<Receipt> taker, LongConsumer arrived)
            throws InterruptedException {
        if (message.length > MessageUpload.PART_BYTES) {
            MessageUpload upload = new MessageUpload(requests, retries, run, model.round(), message);
            if (upload.send(arrived)) {
                try {
                    return send(new byte[0], "&upload=" + upload.sha256(), wait, since, taker);
                } catch (CoordinatorException e) {
                    // The upload was deleted, or is on another replica.
                    if (e.problem().type() != ProblemType.NOT_FOUND) {
                        throw e;
                    }
                }
            }
        }
        return send(message, "", wait, since, taker);
    }

    private DeviceTask send(byte[] body, String more, Duration wait, int since, Consumer<Receipt> taker)
            throws InterruptedException {
        AtomicBoolean taken = new AtomicBoolean();
        String query = model.parameter() + more;
        Request request = message("?wait=" + wait + replica(since) + query, body)
                .extraTimeout(wait)
                .firstLine(line -> {
                    taken.set(true);
                    taker.accept(receipt(line));
                })
                // If a proxy buffers the response until it is complete, the receipt must not be delayed twice.
                .repeatedAs(message(query.replaceFirst("&", "?"), body));
        Response answer = requests.send(request);
        byte[] lines = answer.body();
        int end = answer.isLines() ? endOfFirstLine(lines) : lines.length;
        if (!taken.get()) {
            // The coordinator does not support tasks in this response, or the transport does not pass on lines.
            taker.accept(receipt(Arrays.copyOf(lines, end)));
        }
        return end + 1 < lines.length
                ? nextTask(Arrays.copyOfRange(lines, end + 1, lines.length))
                : DeviceTask.Nothing.YET;
    }

    private static int endOfFirstLine(byte[] lines) {
        int end = 0;
        while (end < lines.length && lines[end] != '\n') {
            end++;
        }
        return end;
    }

    private DeviceTask nextTask(byte[] json) {
        JsonFields fields = JsonFields.parse("the task", json);
        Long pause = fields.optionalInteger("retryAfter");
        return pause == null
                ? DeviceTask.of(fields)
                : new DeviceTask.Nothing(retries.pauseBeforeNext(Duration.ofSeconds(pause)));
    }

    private Request message(String query, byte[] body) {
        return requests.authenticated(
                        "PUT", "runs/" + run + "/rounds/" + model.round() + "/messages/me" + query, MAX_JSON_BYTES)
                .body(MEDIA_TYPE, body);
    }

    private static Receipt receipt(byte[] json) {
        return receipt(JsonFields.parse("the receipt", json));
    }

    static Receipt receipt(JsonFields answer) {
        return new Receipt(
                answer.text("run"),
                answer.text("client"),
                answer.natural("round"),
                answer.naturalOr("includedIn", answer.natural("round")),
                answer.integer("sequence"),
                answer.digest("digest"),
                answer.digest("head"),
                answer.optionalInstant("acceptedAt"));
    }

    /** Returns the parameter that names the round of the device's last model, empty if there is none. */
    static String replica(int since) {
        return since < 0 ? "" : "&replica=" + since;
    }
}

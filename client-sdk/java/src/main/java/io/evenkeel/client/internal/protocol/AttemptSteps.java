package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.Receipt;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.Retries;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Calls the coordinator's API for the steps of one attempt of secure aggregation. All calls are idempotent
 * and are retried. Refusals throw {@link io.evenkeel.client.CoordinatorException}.
 *
 * <p>Not thread-safe.
 */
public final class AttemptSteps {

    private static final long MAX_JSON_BYTES = 1L << 20;
    private static final int NO_CONTENT = 204;
    private static final String MEDIA_TYPE = "application/vnd.evenkeel.secagg";

    private final AuthenticatedRequests requests;
    private final Retries retries;
    private final String path;
    private final ModelReference model;

    AttemptSteps(AuthenticatedRequests requests, Retries retries, String run, ModelReference model, int attempt) {
        this.requests = requests;
        this.retries = retries;
        this.model = model;
        this.path = "runs/" + run + "/rounds/" + model.round() + "/attempts/" + attempt + "/";
    }

    /** The answer to a request that waits for the end of a step. */
    public sealed interface Answer {

        /**
         * The step is not over.
         *
         * @param pause the time to wait before the next request; null if the coordinator sent none
         */
        record Pending(@Nullable Duration pause) implements Answer {}
    }

    /** The frame that completes a step. */
    public static final class Frame implements Answer {

        private final byte[] bytes;

        Frame(byte[] bytes) {
            this.bytes = bytes;
        }

        /** Returns the frame, not copied. */
        public byte[] bytes() {
            return bytes;
        }
    }

    /**
     * Whether the device's message of the round is in the sum.
     *
     * @param receipt the receipt if it is; null if it is not
     */
    public record Outcome(@Nullable Receipt receipt) implements Answer {}

    /**
     * Sends the device's contribution to a step; sending it again changes nothing.
     *
     * @param step {@code keys}, {@code shares}, {@code masked} or {@code reveals}
     */
    public void put(String step, byte[] frame) throws InterruptedException {
        requests.send(requests.authenticated(
                        "PUT", path + step + "/me" + model.parameter().replaceFirst("&", "?"), MAX_JSON_BYTES)
                .body(MEDIA_TYPE, frame));
    }

    /**
     * Requests the result of a step for the device, with a long poll.
     *
     * @param step {@code keys}, {@code shares} or {@code included}
     * @param wait the time for which the coordinator may hold the request
     */
    public Answer get(String step, Duration wait, long maxBytes) throws InterruptedException {
        Response answer = requests.send(waiting(step, wait, maxBytes).header("Accept", MEDIA_TYPE));
        return answer.status() == NO_CONTENT ? pending(answer) : new Frame(answer.body());
    }

    /**
     * Requests whether the device's message of the round is in the sum, in any attempt, with a long poll.
     *
     * @param wait the time for which the coordinator may hold the request
     */
    public Answer outcome(Duration wait) throws InterruptedException {
        Response answer = requests.send(waiting("outcome", wait, MAX_JSON_BYTES));
        if (answer.status() == NO_CONTENT) {
            return pending(answer);
        }
        JsonFields fields = JsonFields.parse("the outcome", answer.body());
        return new Outcome(fields.flag("included") ? MessageSender.receipt(fields.object("receipt")) : null);
    }

    private Request waiting(String step, Duration wait, long maxBytes) {
        return requests.authenticated("GET", path + step + "/me?wait=" + wait + model.parameter(), maxBytes)
                .extraTimeout(wait);
    }

    private Answer pending(Response answer) {
        return new Answer.Pending(
                retries.retryAfter(answer).map(retries::pauseBeforeNext).orElse(null));
    }
}

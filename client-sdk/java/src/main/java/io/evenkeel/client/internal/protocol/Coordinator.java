package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.DeclineReason;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.json.Json;
import io.evenkeel.core.secagg.StateBackup;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls the coordinator's HTTP API for devices. All calls are idempotent and are retried. Refusals throw {@link
 * CoordinatorException}.
 *
 * <p>Not thread-safe.
 */
public final class Coordinator {

    private static final String API = "/api/v1/";
    private static final Pattern PATH = Pattern.compile("/api/v1/[A-Za-z0-9/@._-]{1,1000}");
    private static final long MAX_JSON_BYTES = 8L << 20;

    /**
     * The maximum size of a response beyond the values of its vector: a header, plus some room so that the
     * caller can report a wrong length.
     */
    private static final long MAX_HEADER_BYTES = 4096;

    private static final String JSON_TYPE = "application/json";

    private final AuthenticatedRequests requests;
    private final Retries retries;
    private final Pieces pieces;

    /**
     * @param endpoint the coordinator's address; its path is kept as a prefix
     * @param retries sends the requests
     */
    public Coordinator(URI endpoint, Retries retries) {
        this.requests = new AuthenticatedRequests(endpoint, retries);
        this.retries = retries;
        this.pieces = new Pieces(requests);
    }

    /** Returns whether the device has credentials. */
    public boolean hasCredentials() {
        return requests.hasCredentials();
    }

    /** Sets the credentials of later requests. */
    public void use(Credentials given) {
        requests.use(given);
    }

    /**
     * Exchanges an enrolment token for credentials. The request has an idempotency key, so a retry after a
     * lost response does not use the token again.
     */
    public Credentials enrol(String token, @Nullable String name, Map<String, String> attributes)
            throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("token", token);
        if (name != null) {
            body.put("name", name);
        }
        if (!attributes.isEmpty()) {
            body.put("attributes", attributes);
        }
        Request request = requests.anonymous("POST", "enrolments", MAX_JSON_BYTES)
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .body(JSON_TYPE, Json.write(body));
        return credentials("the enrolment", request);
    }

    /** Replaces the attributes that the device has reported. */
    public void report(Map<String, String> attributes) throws InterruptedException {
        accepted(request("PUT", "clients/me/attributes", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(Map.of("attributes", attributes))));
    }

    /**
     * Requests a new secret and uses it from the next request on. The old one is valid until then, so losing the
     * response is harmless. The new one must be saved before it is used.
     *
     * @param keep saves the new credentials
     */
    public void rotate(Consumer<Credentials> keep) throws InterruptedException {
        Credentials fresh = credentials("the new secret", request("POST", "clients/me/secret", MAX_JSON_BYTES));
        keep.accept(fresh);
        use(fresh);
    }

    private Credentials credentials(String what, Request request) throws InterruptedException {
        JsonFields answer = JsonFields.parse(what, accepted(request).body());
        return new Credentials(answer.text("client"), answer.text("secret"));
    }

    /** Joins a run or changes the device's weight in it; returns the membership. */
    public RunMembership join(String run, double weight) throws InterruptedException {
        Request request = request("PUT", "runs/" + run + "/members/me", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(Map.of("weight", weight)));
        return membership(run, accepted(request));
    }

    /** Returns the membership. */
    public RunMembership membership(String run) throws InterruptedException {
        Request request = request("GET", "runs/" + run + "/members/me", MAX_JSON_BYTES);
        return membership(run, accepted(request));
    }

    /** The device stores its state under the run's name, so with the plan of another run it would start from zero. */
    private static RunMembership membership(String run, Response response) {
        RunMembership member = RunMembership.of(JsonFields.parse("the membership", response.body()));
        if (!member.plan().run().equals(run)) {
            throw new EvenkeelException("the plan of run '" + run + "' is named '"
                    + member.plan().run()
                    + "': nothing was sent; ask the coordinator's operator");
        }
        return member;
    }

    /**
     * Leaves a run; the coordinator removes the device's share from the sum. Has no effect if the device is
     * not a member.
     */
    public void leave(String run) throws InterruptedException {
        try {
            // The ordinal prevents a copy of this request that arrives late from ending a later membership.
            long ordinal = membership(run).ordinal();
            accepted(request("DELETE", "runs/" + run + "/members/me?ordinal=" + ordinal, MAX_JSON_BYTES));
        } catch (CoordinatorException e) {
            // An earlier request may have succeeded although its response was lost.
            if (e.problem().type() != ProblemType.MEMBER_NOT_FOUND) {
                throw e;
            }
        }
    }

    /**
     * Reports the loss of messages that the coordinator had acknowledged.
     *
     * @param sequence the number of the newest message for which the device has a receipt
     * @param round the round of that message
     */
    public void reportLost(String run, long sequence, int round) throws InterruptedException {
        accepted(request("PUT", "runs/" + run + "/members/me/lost", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(Map.of("sequence", sequence, "round", round))));
    }

    /**
     * Reports the first round in which the device takes part again in a run with secure aggregation.
     *
     * @param round the first round
     */
    public void reportNextRound(String run, int round) throws InterruptedException {
        accepted(request("PUT", "runs/" + run + "/members/me/next-round", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(Map.of("round", round))));
    }

    /** Returns the device's g_i. */
    public MemberState state(String run, int dimension) throws InterruptedException {
        long maxBytes = 8L * dimension + MAX_HEADER_BYTES;
        return MemberState.of(accepted(request("GET", "runs/" + run + "/members/me/state", maxBytes)));
    }

    /** Saves the device's encrypted copy of its state, in a single attempt. */
    public void saveBackup(String run, byte[] copy) throws InterruptedException {
        requests.sendOnce(request("PUT", "runs/" + run + "/members/me/backup", MAX_JSON_BYTES)
                .body(StateBackup.MEDIA_TYPE, copy));
    }

    /** Returns the device's encrypted copy of its state, empty if there is none. */
    public byte[] backup(String run, long maxBytes) throws InterruptedException {
        // A problem document may be longer than the copy of a small model.
        return accepted(request("GET", "runs/" + run + "/members/me/backup", Math.max(maxBytes, MAX_JSON_BYTES))
                        .header("Accept", StateBackup.MEDIA_TYPE))
                .body();
    }

    /**
     * Requests work with a long poll.
     *
     * @param after the last model that the device has finished with
     * @param sequence the number of receipts that the device has
     * @param wait the time for which the coordinator may hold the request
     * @param since the round of the device's last model, from which the coordinator computes an update's size; -1 if
     *     there is none
     */
    public DeviceTask task(String run, ModelReference after, long sequence, Duration wait, int since)
            throws InterruptedException {
        String query = "?after=" + after.round() + after.parameter() + "&sequence=" + sequence + "&wait=" + wait
                + MessageSender.replica(since);
        Response answer = accepted(
                request("GET", "runs/" + run + "/task" + query, MAX_JSON_BYTES).extraTimeout(wait));
        if (answer.status() == 204) {
            return new DeviceTask.Nothing(
                    retries.retryAfter(answer).map(retries::pauseBeforeNext).orElse(null));
        }
        return DeviceTask.of(JsonFields.parse("the task", answer.body()));
    }

    /**
     * Checks in, with a long poll.
     *
     * @param wait the time for which the coordinator may hold the request
     * @param limit the maximum number of items of work
     */
    public CheckIn checkIn(Duration wait, int limit) throws InterruptedException {
        Response answer = accepted(request("GET", "work?wait=" + wait + "&limit=" + limit, MAX_JSON_BYTES)
                .extraTimeout(wait));
        Duration pause = retries.retryAfter(answer).orElse(null);
        return new CheckIn(
                answer.status() == 204 ? List.of() : CheckIn.items(JsonFields.parse("the check-in", answer.body())),
                pause);
    }

    /** Declines to take part in a round. */
    public void decline(String run, int round, DeclineReason reason) throws InterruptedException {
        accepted(request("PUT", "runs/" + run + "/rounds/" + round + "/declines/me", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(Map.of("reason", reason.text()))));
    }

    /**
     * Downloads a model, or a part of it, as little-endian values.
     *
     * @param query the parameters, such as {@code dtype=float64}
     * @param from the first byte
     * @param to the byte after the last
     * @param size the length of the whole model
     * @return the part; the whole model if a proxy dropped the range
     */
    public byte[] model(String run, ModelReference model, String query, long from, long to, long size)
            throws InterruptedException {
        String path = "runs/" + run + "/rounds/" + model.round() + "/model?" + query + model.parameter();
        Request request = request("GET", path, size + MAX_HEADER_BYTES).header("Accept", "application/octet-stream");
        return accepted(to - from == size ? request : request.header("Range", "bytes=" + from + "-" + (to - 1)))
                .body();
    }

    /**
     * Downloads the version of a registered model that an alias gives the device.
     *
     * @param known the SHA-256 in hex of the versions that the device has, which are not downloaded again
     */
    public DownloadedVersion version(String model, String alias, List<String> known, long maxBytes)
            throws InterruptedException {
        Request request = request("GET", "models/" + model + "/versions/@" + alias + "?format=safetensors", maxBytes);
        if (!known.isEmpty()) {
            request = request.header(
                    "If-None-Match", known.stream().map(DownloadedVersion::tag).collect(Collectors.joining(", ")));
        }
        return DownloadedVersion.of(requests.sendIfChanged(request), known);
    }

    /** Reports on the version of a roll-out. */
    public void report(String rollout, Map<String, ?> report) throws InterruptedException {
        accepted(request("PUT", "rollouts/" + rollout + "/reports/me", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(report)));
    }

    /**
     * Downloads the model of an evaluation as a safetensors file.
     *
     * @param path as in the check-in
     * @throws EvenkeelException if the path does not belong to the coordinator's API
     */
    public byte[] evaluatedModel(String path, long maxBytes) throws InterruptedException {
        if (!PATH.matcher(path).matches()) {
            throw new EvenkeelException(
                    "the model of an evaluation is at '" + path
                            + "', expected a path of letters, digits and /@._- that begins with " + API
                            + ": check that both sides have the same version",
                    null);
        }
        return accepted(request("GET", path.substring(API.length()) + "?format=safetensors", maxBytes))
                .body();
    }

    /** Sends the result of an evaluation; sending the same result again changes nothing. */
    public void reportEvaluation(String evaluation, Map<String, ?> result) throws InterruptedException {
        accepted(request("PUT", "evaluations/" + evaluation + "/results/me", MAX_JSON_BYTES)
                .body(JSON_TYPE, Json.write(result)));
    }

    /** Downloads the updates or deltas from the model of one round to that of another. */
    public byte[] update(String run, ModelReference model, int since, long maxBytes, Pieces.Arrival arrival)
            throws InterruptedException {
        return pieces.download(
                "runs/" + run + "/rounds/" + model.round() + "/update?since=" + since + model.parameter(),
                maxBytes,
                arrival);
    }

    /** Downloads x and S of a round. */
    public byte[] replica(String run, ModelReference model, int dimension, Pieces.Arrival arrival)
            throws InterruptedException {
        long maxBytes = 16L * dimension + MAX_HEADER_BYTES;
        String path = "runs/" + run + "/rounds/" + model.round() + "/replica";
        return pieces.download(path + model.parameter().replaceFirst("&", "?"), maxBytes, arrival);
    }

    /** Returns the calls that send a message. */
    public MessageSender message(String run, ModelReference model, byte[] message) {
        return new MessageSender(requests, retries, run, model, message);
    }

    /** Returns the calls for the steps of an attempt of secure aggregation. */
    public AttemptSteps attempt(String run, ModelReference model, int attempt) {
        return new AttemptSteps(requests, retries, run, model, attempt);
    }

    private Request request(String method, String path, long maxBytes) {
        return requests.authenticated(method, path, maxBytes);
    }

    private Response accepted(Request request) throws InterruptedException {
        return requests.send(request);
    }
}

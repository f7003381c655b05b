package io.evenkeel.coordinator.testing;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** A device built on the core module and plain HTTP, for f_i(x) = ||x - target||^2 / 2. */
public final class TestDevice {

    public static final String BINARY = "application/vnd.evenkeel.message";

    /** A duration on the coordinator's clock that exceeds every wait. */
    public static final Duration LONGER_THAN_ANYBODY_WAITS = Duration.ofSeconds(61);

    private Http http;
    private final String run;
    private final String client;
    private final int dimension;
    private final Compressor compressor;
    private final ErrorFeedback feedback;
    private long sequence;
    private long head;

    public TestDevice(Http http, String run, String client, int dimension, String compressor, FeedbackMethod method) {
        this(
                http,
                run,
                client,
                dimension,
                CompressorSpec.parse(compressor).bind(TensorLayout.flat(dimension)),
                ErrorFeedback.start(method, dimension));
    }

    private TestDevice(
            Http http, String run, String client, int dimension, Compressor compressor, ErrorFeedback feedback) {
        this.http = http;
        this.run = run;
        this.client = client;
        this.dimension = dimension;
        this.compressor = compressor;
        this.feedback = feedback;
    }

    /** Returns the same device with an empty state, as if it had left. */
    public TestDevice anew() {
        return new TestDevice(
                http, run, client, dimension, compressor, ErrorFeedback.start(feedback.method(), dimension));
    }

    public void moveTo(String endpoint) {
        http = http.at(endpoint);
    }

    /** A message that has no receipt yet. */
    public static final class Sent {
        public final int round;
        public final byte[] bytes;
        private final Staged staged;

        Sent(int round, byte[] bytes, Staged staged) {
            this.round = round;
            this.bytes = bytes;
            this.staged = staged;
        }
    }

    public Http http() {
        return http;
    }

    public String client() {
        return client;
    }

    public long sequence() {
        return sequence;
    }

    public long head() {
        return head;
    }

    /** Returns g_i without copying it. */
    public double[] memory() {
        return feedback.vectors().get(0);
    }

    public Reply join(double weight) {
        return http.putJson("/runs/" + run + "/members/me", "{\"weight\":" + weight + "}");
    }

    public Reply leave() {
        return http.delete("/runs/" + run + "/members/me");
    }

    public Reply membership() {
        return http.get("/runs/" + run + "/members/me");
    }

    public CompletableFuture<Reply> waitForTask(int after) {
        return http.later("/runs/" + run + "/task?wait=60s&after=" + after);
    }

    public Reply task(int after) {
        return http.get("/runs/" + run + "/task?after=" + after);
    }

    public double[] model(int round) {
        Reply reply = http.get("/runs/" + run + "/rounds/" + round + "/model?dtype=float64");
        if (reply.status() != 200) {
            throw new AssertionError("the model of round " + round + ": " + reply);
        }
        return reply.doubles();
    }

    /** Returns the gradient of a device's loss, whose target depends on the device's index. */
    public static double[] gradient(double[] x, int place) {
        double[] gradient = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            gradient[j] = x[j] - Math.sqrt(place + 1.0) * (j - 2.2) / 3;
        }
        return gradient;
    }

    /** Returns the point at which a method with momentum computes the gradient. */
    public double[] point(double[] model, double eta) {
        return feedback.point(model, eta);
    }

    /** Stages the message for a gradient. */
    public Sent stage(int round, double[] gradient, Report report) {
        Staged staged = feedback.stage(gradient.clone(), 1, compressor, round);
        return new Sent(round, encode(staged.delta(), report), staged);
    }

    /**
     * Stages the message for a gradient at {@link #point}.
     *
     * @param model the round's model
     */
    public Sent stage(int round, double[] model, double[] gradient, double eta, Report report) {
        Staged staged = feedback.stage(model, gradient.clone(), null, eta, compressor, round);
        return new Sent(round, encode(staged.delta(), report), staged);
    }

    public Sent stage(int round, double[] gradient) {
        return stage(round, gradient, Report.of(1));
    }

    public byte[] encode(CompressedVector delta, Report report) {
        return new Message(sequence + 1, head, report, delta).encode();
    }

    public Reply put(Sent message) {
        return put(message.round, message.bytes);
    }

    public Reply put(int round, byte[] bytes) {
        return http.put("/runs/" + run + "/rounds/" + round + "/messages/me", BINARY, bytes);
    }

    /** Creates a well-formed message whose values are not a gradient. */
    public byte[] lie(double value) {
        double[] values = new double[dimension];
        Arrays.fill(values, value);
        return encode(new CompressedVector(new Support.All(dimension), ValueCoding.FLOAT64, values), Report.of(1));
    }

    /** Sends a message with the given content; the coordinator must accept it. */
    public void send(int round, CompressedVector delta, Report report) {
        byte[] message = encode(delta, report);
        Reply reply = put(round, message);
        if (reply.status() != 201) {
            throw new AssertionError(client + " for round " + round + ": " + reply);
        }
        sequence++;
        head = Digest.of(message);
    }

    /** Sends a well-formed message whose values are not a gradient; the coordinator must accept it. */
    public void lie(int round, double value) {
        byte[] message = lie(value);
        Reply reply = put(round, message);
        if (reply.status() != 201) {
            throw new AssertionError(client + " for round " + round + ": " + reply);
        }
        sequence++;
        head = Digest.of(message);
    }

    /** Applies an accepted message to the state. */
    public void commit(Sent message) {
        feedback.commit(message.staged);
        sequence++;
        head = Digest.of(message.bytes);
    }

    /** Stages, sends and commits a message; the coordinator must accept it. */
    public Reply answer(int round, double[] gradient) {
        Sent message = stage(round, gradient);
        Reply reply = put(message);
        if (reply.status() != 201) {
            throw new AssertionError(client + " for round " + round + ": " + reply);
        }
        commit(message);
        return reply;
    }
}

package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.bytes;
import static io.evenkeel.client.TestResponses.json;
import static io.evenkeel.client.TestResponses.problem;
import static io.evenkeel.client.TestResponses.query;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator of one run in memory, built from the classes of core without a database or a clock. A round closes when
 * all members have answered, or when a member requests work after its answer.
 */
public final class TestCoordinator {

    static final String RUN = "digits";
    static final long SEED = Long.MIN_VALUE + 7;
    public static final TensorLayout LAYOUT =
            TensorLayout.of(List.of(new Tensor("w", List.of(10, 5)), new Tensor("b", List.of(7))));

    final TestCredentials credentials = new TestCredentials();
    final Map<String, TestMember> members = new TreeMap<>();
    final List<String> log = new ArrayList<>();
    public final List<String> waits = new ArrayList<>();
    public final List<Message> messages = new ArrayList<>();
    public final Map<Integer, float[]> models;
    final FeedbackMethod feedback;
    String feedbackInPlan;
    final String step;
    final String compressor;
    final int rounds;
    int round;
    public int minParticipants = 1;

    /** The number of requests for work before the run starts. */
    public int questionsBeforeStart;

    /** The momentum's schedule. */
    public String eta = "anytime:1:0.5";

    /** The number of rounds with which the run was created. */
    public int horizon;

    int localSteps;

    /** The plan's privacy, null for none. */
    @Nullable
    Map<String, Object> privacy;

    /** The neighbours of the device in a run with secure aggregation, null for none. */
    @Nullable
    TestCohort cohort;

    /** The plan that devices get. */
    UnaryOperator<Map<String, Object>> planTold = UnaryOperator.identity();

    /** The float32 model that devices get. */
    UnaryOperator<byte[]> modelTold = UnaryOperator.identity();

    boolean refusesBackups;
    public boolean updatesKept = true;
    boolean closeBeforeNextMessage;
    boolean tellsNextTask = true;

    @Nullable
    Runnable beforeNextMessage;

    private final TestModel model;
    private @Nullable String downlink;
    private int ordinals;

    public TestCoordinator(FeedbackMethod feedback, String step, String compressor, int rounds) {
        this.feedback = feedback;
        this.feedbackInPlan = feedback.text();
        this.step = step;
        this.compressor = compressor;
        this.rounds = rounds;
        this.horizon = rounds;
        this.model = new TestModel(LAYOUT, feedback, step);
        this.models = model.models;
    }

    /** Makes the downlink lossy, before round 0. */
    public TestCoordinator lossy(String compressorOfDownlink) {
        downlink = compressorOfDownlink;
        model.downlink(compressorOfDownlink);
        return this;
    }

    /** Answers a request. */
    public synchronized Response answer(Request request) {
        String path = request.uri().getPath().substring("/api/v1/".length());
        log.add(request.method() + " " + path);
        if (path.equals("enrolments")) {
            return credentials.enrol(request);
        }
        String client = credentials.client(request);
        if (client == null) {
            return problem(401, "unauthenticated", "the token is unknown");
        }
        if (path.equals("clients/me/attributes")) {
            return credentials.report(client, request);
        }
        if (path.equals("clients/me/secret")) {
            return credentials.rotate(client);
        }
        String[] parts = path.split("/");
        if (!parts[0].equals("runs") || !parts[1].equals(RUN)) {
            return problem(404, "run-not-found", "there is no run " + parts[1]);
        }
        if (request.method().equals("PUT") && path.endsWith("/members/me")) {
            if (round == rounds) {
                return problem(409, "wrong-state", "run '" + RUN + "' is finished, so no device can join it");
            }
            return join(client, json(request.body()).get("weight"));
        }
        TestMember member = members.get(client);
        if (parts[2].equals("task") && round == rounds) {
            return task(query(request));
        }
        if (member == null) {
            return problem(404, "member-not-found", "client " + client + " is no member");
        }
        if (parts[2].equals("members")) {
            return ofMember(request, member, parts);
        }
        if (parts[2].equals("task")) {
            return task(query(request));
        }
        int of = parts[3].equals("latest") ? round : Integer.parseInt(parts[3]);
        if (parts[4].equals("attempts") && cohort != null) {
            return cohort.answer(this, request, member, of, Integer.parseInt(parts[5]), parts[6]);
        }
        return switch (parts[4]) {
            case "model" ->
                "coordinator".equals(query(request).get("holder"))
                        ? bytes(model.coordinators())
                        : model(of, query(request).get("dtype"));
            case "replica" ->
                of == round
                        ? bytes(model.replica())
                        : problem(404, "model-not-kept", "only round " + round + " has a replica");
            case "update" -> update(of, Integer.parseInt(query(request).getOrDefault("since", "?")));
            default -> withTask(message(member, of, request.body()), of, query(request));
        };
    }

    private Response withTask(Response receipt, int of, Map<String, String> query) {
        waits.add(query.getOrDefault("wait", "none"));
        if (!receipt.isSuccess() || !query.containsKey("wait") || !tellsNextTask) {
            return receipt;
        }
        Map<String, String> question = new TreeMap<>(query);
        question.put("after", "" + of);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(receipt.body());
        lines.write('\n');
        lines.writeBytes(task(question).body());
        lines.write('\n');
        return new Response(
                receipt.status(), Map.of("Content-Type", List.of("application/x-ndjson")), lines.toByteArray());
    }

    /** Registers credentials and returns the secret. */
    String register(String client) {
        return credentials.register(client);
    }

    private Response join(String client, @Nullable Object weight) {
        if (cohort != null && members.containsKey(client) && members.get(client).isLeaving) {
            remove(client);
        }
        TestMember member = members.computeIfAbsent(client, c -> new TestMember(c, ordinals++, LAYOUT.dimension()));
        member.isLeaving = false;
        member.weight = Double.parseDouble(String.valueOf(weight));
        return membership(member);
    }

    /** Removes a member, and its share from the sum. */
    void remove(String client) {
        TestMember member = members.remove(client);
        if (member != null && cohort == null) {
            model.remove(member.g, member.weight);
        }
    }

    private Response ofMember(Request request, TestMember member, String[] parts) {
        if (request.method().equals("DELETE")) {
            if (cohort != null) {
                member.isLeaving = true;
            } else {
                remove(member.client);
            }
            return new Response(204, Map.of(), new byte[0]);
        }
        if (parts.length == 4) {
            return membership(member);
        }
        if (parts[4].equals("backup")) {
            return backup(request, member);
        }
        return new Response(
                200,
                Map.of(
                        "Evenkeel-Sequence", List.of("" + member.sequence),
                        "Evenkeel-Head", List.of(Digest.toHex(member.head))),
                member.frame());
    }

    private Response backup(Request request, TestMember member) {
        if (request.method().equals("PUT")) {
            if (refusesBackups) {
                return problem(503, "busy", "copies are not accepted now");
            }
            member.backup = request.body() == null ? new byte[0] : request.body();
        }
        return request.method().equals("PUT") || member.backup.length == 0
                ? new Response(204, Map.of(), new byte[0])
                : bytes(member.backup);
    }

    private Response membership(TestMember member) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", RUN);
        fields.putAll(member.fields());
        fields.put("state", runState());
        fields.put("members", members.size());
        fields.put("minParticipants", minParticipants);
        fields.put("plan", planTold.apply(plan()));
        return json(200, fields);
    }

    private Map<String, Object> plan() {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("run", RUN);
        plan.put("dimension", LAYOUT.dimension());
        plan.put(
                "tensors",
                LAYOUT.tensors().stream()
                        .map(tensor -> Map.of("name", tensor.name(), "shape", tensor.shape()))
                        .toList());
        plan.put("rounds", rounds);
        plan.put("horizon", horizon);
        plan.put(
                "algorithm",
                Map.of(
                        "name",
                        "test",
                        "feedback",
                        feedbackInPlan,
                        "step",
                        step,
                        "gamma",
                        "constant:0.125",
                        "eta",
                        eta));
        plan.put("compressor", compressor);
        if (downlink != null) {
            plan.put("downlink", Map.of("compressor", downlink));
        }
        if (localSteps > 0) {
            plan.put("localSteps", localSteps);
        }
        plan.put("seed", SEED);
        plan.put("staleness", 0);
        plan.put("maxMessageBytes", 100_000);
        plan.put("privacy", privacy);
        plan.put("secureAggregation", cohort == null ? null : cohort.plan);
        return plan;
    }

    private String runState() {
        if (round == rounds) {
            return "finished";
        }
        return questionsBeforeStart > 0 ? "created" : "running";
    }

    private Response task(Map<String, String> query) {
        if (questionsBeforeStart > 0) {
            questionsBeforeStart--;
            members.computeIfAbsent("other", c -> new TestMember(c, ordinals++, LAYOUT.dimension())).lastRound =
                    Integer.MAX_VALUE;
            return new Response(204, Map.of("Retry-After", List.of("1")), new byte[0]);
        }
        if (cohort == null && Integer.parseInt(query.getOrDefault("after", "?")) >= round && round < rounds) {
            close();
        }
        if (round == rounds) {
            return json(200, Map.of("run", RUN, "state", "finished", "round", round));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", RUN);
        fields.put("state", "running");
        fields.put("round", round);
        fields.put("denseBytes", 4 * LAYOUT.dimension());
        String since = query.get("replica");
        fields.put("updateBytes", since == null || !updatesKept ? null : model.updates(Integer.parseInt(since)).length);
        fields.put("replicaBytes", model.replica().length);
        fields.put("deadline", null);
        fields.put("attempt", cohort == null ? null : cohort.attempt);
        return json(200, fields);
    }

    private Response model(int of, @Nullable String type) {
        if ("float64".equals(type)) {
            return of == round ? bytes(model.doubles()) : problem(404, "model-not-kept", "gone");
        }
        byte[] floats = model.floats(of);
        return floats == null
                ? problem(404, "round-not-found", "there is no round " + of)
                : bytes(modelTold.apply(floats));
    }

    /** Returns the float32 model of the open round that devices compute on. */
    byte[] floats() {
        return Objects.requireNonNull(model.floats(round));
    }

    /** Returns the compressor of a lossy downlink, null without one. */
    @Nullable
    String downlink() {
        return downlink;
    }

    private Response update(int to, int since) {
        return updatesKept && to == round ? bytes(model.updates(since)) : problem(404, "model-not-kept", "gone");
    }

    private Response message(TestMember member, int of, byte @Nullable [] bytes) {
        if (beforeNextMessage != null) {
            Runnable once = beforeNextMessage;
            beforeNextMessage = null;
            once.run();
        }
        if (closeBeforeNextMessage) {
            closeBeforeNextMessage = false;
            close();
        }
        Message message;
        try {
            message = Message.decode(bytes == null ? new byte[0] : bytes, FrameLimits.of(LAYOUT.dimension()));
        } catch (WireException e) {
            return problem(422, "invalid-frame", e.toString());
        }
        long digest = Digest.of(bytes == null ? new byte[0] : bytes);
        TestMember.Accepted before = member.accepted.get(of);
        if (before != null) {
            return before.digest() == digest
                    ? json(200, before.receipt())
                    : problem(409, "conflict", "round " + of + " was answered with other bytes");
        }
        if (of != round || round == rounds) {
            return problem(409, of < round ? "round-closed" : "round-not-open", "round " + round + " is open");
        }
        if (message.sequence() != member.sequence + 1 || message.previous() != member.head) {
            return problem(409, "state-diverged", "the chain stands at " + member.sequence);
        }
        return accept(member, of, message, digest);
    }

    private Response accept(TestMember member, int of, Message message, long digest) {
        Map<String, Object> receipt = member.accept(RUN, of, message, digest);
        messages.add(message);
        if (members.values().stream().allMatch(each -> each.lastRound == of)) {
            close();
        }
        return json(201, receipt);
    }

    /** Closes the open round with the messages received so far. */
    public void close() {
        if (cohort != null && cohort.rebase.clearsSum(round)) {
            model.clearSum();
        }
        model.beginClosing();
        double weight = 0;
        for (TestMember member : members.values()) {
            TestMember.Accepted message = member.accepted.get(round);
            if (message != null) {
                model.add(message.delta(), member.weight);
            }
            weight += message != null || feedback.retainsSum() ? member.weight : 0;
        }
        model.step(weight);
        round++;
    }

    /** Returns the sum S. */
    double[] sum() {
        return model.sum();
    }

    /** Returns the model of the open round. */
    public double[] x() {
        return model.x();
    }

    /** Returns the only member. */
    public TestMember member() {
        return members.values().iterator().next();
    }
}

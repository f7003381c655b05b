package io.evenkeel.client;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.FrameCodec;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import io.evenkeel.core.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.jr.ob.JSON;

/**
 * A coordinator of one run in memory, built from core's classes without database and clock. A round closes when all members have
 * answered, or when a member that has answered requests work.
 */
final class TestCoordinator {

    static final String RUN = "digits";
    static final TensorLayout LAYOUT =
            TensorLayout.of(List.of(new Tensor("w", List.of(10, 5)), new Tensor("b", List.of(7))));

    /** The state of a member. */
    static final class Member {
        final String client;
        final int ordinal;
        final Map<Integer, Accepted> accepted = new TreeMap<>();
        final double[] g = new double[LAYOUT.dimension()];
        double weight;
        long sequence;
        long head;
        int lastRound = -1;

        Member(String client, int ordinal) {
            this.client = client;
            this.ordinal = ordinal;
        }
    }

    private record Accepted(long digest, Map<String, Object> receipt, CompressedVector delta) {}

    final Map<String, Member> members = new TreeMap<>();
    final List<String> log = new ArrayList<>();
    final List<String> waits = new ArrayList<>();
    final List<Message> messages = new ArrayList<>();
    final Map<Integer, float[]> models = new TreeMap<>();
    final FeedbackMethod feedback;
    final String step;
    final String compressor;
    final int rounds;
    int enrolments;
    int round;
    int minParticipants = 1;

    /** The number of requests for work before the run starts. */
    int questionsBeforeStart;

    boolean updatesKept = true;
    boolean closeBeforeNextMessage;
    boolean tellsNextTask = true;

    @Nullable
    Runnable beforeNextMessage;

    private final ModelState state;
    private final List<byte[]> updates = new ArrayList<>();
    private final Map<String, String> secrets = new TreeMap<>();
    private final Map<String, String> enrolled = new TreeMap<>();
    private int ordinals;
    private int rotations;

    TestCoordinator(FeedbackMethod feedback, String step, String compressor, int rounds) {
        this.feedback = feedback;
        this.step = step;
        this.compressor = compressor;
        this.rounds = rounds;
        double[] x = new double[LAYOUT.dimension()];
        for (int j = 0; j < x.length; j++) {
            x[j] = (float) Math.sin(j + 1);
        }
        state = new ModelState(LAYOUT, x, new double[x.length], feedback.retainsSum(), 0);
        keepModel();
    }

    /** Answers a request. */
    synchronized Response answer(Request request) {
        String path = request.uri().getPath().substring("/api/v1/".length());
        log.add(request.method() + " " + path);
        if (path.equals("enrolments")) {
            return enrol(request);
        }
        String client = secrets.get(request.headers().getOrDefault("Authorization", ""));
        if (client == null) {
            return problem(401, "unauthenticated", "the token is unknown");
        }
        if (path.equals("clients/me/secret")) {
            return rotate(client);
        }
        String[] parts = path.split("/");
        if (!parts[0].equals("runs") || !parts[1].equals(RUN)) {
            return problem(404, "run-not-found", "there is no run " + parts[1]);
        }
        if (request.method().equals("PUT") && path.endsWith("/members/me")) {
            if (round == rounds) {
                return problem(409, "wrong-state", "run '" + RUN + "' is finished: nobody can join any more");
            }
            return join(client, json(request.body()).get("weight"));
        }
        Member member = members.get(client);
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
        return switch (parts[4]) {
            case "model" -> model(of, query(request).get("dtype"));
            case "replica" ->
                of == round
                        ? bytes(replica())
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

    private Response enrol(Request request) {
        Object token = json(request.body()).get("token");
        if (!"evk_enrol_test".equals(token)) {
            return problem(403, "enrolment-token-unknown", "there is no such token");
        }
        String key = request.headers().getOrDefault("Idempotency-Key", "none " + enrolments);
        String client = enrolled.computeIfAbsent(key, fresh -> "c" + ++enrolments);
        return json(201, Map.of("client", client, "secret", register(client)));
    }

    /** Returns a new secret. The old one stays valid, here forever. */
    private Response rotate(String client) {
        String secret = "evk_dev_" + client + "_rotated" + ++rotations;
        secrets.put("Bearer " + secret, client);
        return json(201, Map.of("client", client, "secret", secret));
    }

    /** Registers credentials and returns the secret. */
    String register(String client) {
        String secret = "evk_dev_" + client + "_secret";
        secrets.put("Bearer " + secret, client);
        return secret;
    }

    private Response join(String client, @Nullable Object weight) {
        Member member = members.computeIfAbsent(client, c -> new Member(c, ordinals++));
        member.weight = Double.parseDouble(String.valueOf(weight));
        return membership(member);
    }

    /** Removes a member, and its share from the sum. */
    void remove(String client) {
        Member member = members.remove(client);
        if (member != null && feedback.retainsSum()) {
            state.add(member.g, -member.weight);
        }
    }

    private Response ofMember(Request request, Member member, String[] parts) {
        if (request.method().equals("DELETE")) {
            remove(member.client);
            return new Response(204, Map.of(), new byte[0]);
        }
        if (parts.length == 4) {
            return membership(member);
        }
        byte[] frame = FrameCodec.encode(
                new CompressedVector(new Support.All(LAYOUT.dimension()), ValueCoding.FLOAT64, member.g.clone()));
        return new Response(
                200,
                Map.of(
                        "Evenkeel-Sequence", List.of("" + member.sequence),
                        "Evenkeel-Head", List.of(Digest.toHex(member.head))),
                frame);
    }

    private Response membership(Member member) {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("run", RUN);
        plan.put("dimension", LAYOUT.dimension());
        plan.put(
                "tensors",
                LAYOUT.tensors().stream()
                        .map(tensor -> Map.of("name", tensor.name(), "shape", tensor.shape()))
                        .toList());
        plan.put("rounds", rounds);
        plan.put(
                "algorithm",
                Map.of(
                        "name", "test",
                        "feedback", feedback.text(),
                        "step", step,
                        "gamma", "constant:0.125",
                        "eta", "anytime:1:0.5"));
        plan.put("compressor", compressor);
        plan.put("seed", Long.MIN_VALUE + 7);
        plan.put("staleness", 0);
        plan.put("maxMessageBytes", 100_000);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("run", RUN);
        fields.put("client", member.client);
        fields.put("weight", member.weight);
        fields.put("ordinal", member.ordinal);
        fields.put("sequence", member.sequence);
        fields.put("head", Digest.toHex(member.head));
        fields.put("round", member.lastRound < 0 ? null : member.lastRound);
        fields.put("state", runState());
        fields.put("members", members.size());
        fields.put("minParticipants", minParticipants);
        fields.put("plan", plan);
        return json(200, fields);
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
            members.computeIfAbsent("other", c -> new Member(c, ordinals++)).lastRound = Integer.MAX_VALUE;
            return new Response(204, Map.of("Retry-After", List.of("1")), new byte[0]);
        }
        if (Integer.parseInt(query.getOrDefault("after", "?")) >= round && round < rounds) {
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
        fields.put("updateBytes", since == null || !updatesKept ? null : updates(Integer.parseInt(since)).length);
        fields.put("replicaBytes", replica().length);
        fields.put("deadline", null);
        return json(200, fields);
    }

    private Response model(int of, @Nullable String type) {
        if ("float64".equals(type)) {
            ByteBuffer out = ByteBuffer.allocate(8 * LAYOUT.dimension()).order(ByteOrder.LITTLE_ENDIAN);
            out.asDoubleBuffer().put(state.x());
            return of == round ? bytes(out.array()) : problem(404, "model-not-kept", "gone");
        }
        float[] model = models.get(of);
        if (model == null) {
            return problem(404, "round-not-found", "there is no round " + of);
        }
        ByteBuffer out = ByteBuffer.allocate(4 * LAYOUT.dimension()).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(model);
        return bytes(out.array());
    }

    private byte[] replica() {
        return new Replica(round, state.x().clone(), state.sum().clone()).encode();
    }

    private Response update(int to, int since) {
        return updatesKept && to == round ? bytes(updates(since)) : problem(404, "model-not-kept", "gone");
    }

    private byte[] updates(int since) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        updates.subList(since, round).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private Response message(Member member, int of, byte @Nullable [] bytes) {
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
        Accepted before = member.accepted.get(of);
        if (before != null) {
            return before.digest == digest
                    ? json(200, before.receipt)
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

    private Response accept(Member member, int of, Message message, long digest) {
        message.delta().addTo(member.g, 1);
        member.sequence++;
        member.head = digest;
        member.lastRound = of;
        messages.add(message);
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("run", RUN);
        receipt.put("client", member.client);
        receipt.put("round", of);
        receipt.put("includedIn", of);
        receipt.put("sequence", member.sequence);
        receipt.put("digest", Digest.toHex(digest));
        receipt.put("head", Digest.toHex(digest));
        receipt.put("acceptedAt", "2026-01-31T12:00:00Z");
        member.accepted.put(of, new Accepted(digest, receipt, message.delta()));
        if (members.values().stream().allMatch(each -> each.lastRound == of)) {
            close();
        }
        return json(201, receipt);
    }

    /** Closes the open round with the messages received so far. */
    void close() {
        double[] before = state.sum().clone();
        state.beginRound();
        double weight = 0;
        for (Member member : members.values()) {
            Accepted message = member.accepted.get(round);
            if (message != null) {
                state.add(message.delta, member.weight);
            }
            weight += message != null || feedback.retainsSum() ? member.weight : 0;
        }
        StepScale scale = state.step(StepRule.parse(step), Math.max(weight, 1), 0.125);
        updates.add(new RoundUpdate(
                        round, feedback.retainsSum(), scale.factor(), scale.divisors(), changes(before, state.sum()))
                .encode());
        round++;
        keepModel();
    }

    private CompressedVector changes(double[] before, double[] after) {
        List<Integer> changed = new ArrayList<>();
        for (int j = 0; j < after.length; j++) {
            double base = feedback.retainsSum() ? before[j] : 0;
            if (Double.doubleToRawLongBits(base) != Double.doubleToRawLongBits(after[j])) {
                changed.add(j);
            }
        }
        int[] indices = changed.stream().mapToInt(j -> j).toArray();
        double[] values = changed.stream().mapToDouble(j -> after[j]).toArray();
        return new CompressedVector(new Support.Listed(after.length, indices), ValueCoding.FLOAT64, values);
    }

    private void keepModel() {
        float[] model = new float[LAYOUT.dimension()];
        for (int j = 0; j < model.length; j++) {
            model[j] = (float) state.x()[j];
        }
        models.put(round, model);
    }

    /** Returns the model of the open round. */
    double[] x() {
        return state.x().clone();
    }

    /** Returns the only member. */
    Member member() {
        return members.values().iterator().next();
    }

    private static Map<String, String> query(Request request) {
        Map<String, String> query = new TreeMap<>();
        String text = request.uri().getQuery();
        for (String pair : text == null ? new String[0] : text.split("&")) {
            query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return query;
    }

    private static Map<String, Object> json(byte @Nullable [] body) {
        return JSON.std.mapFrom(new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8));
    }

    static Response json(int status, Map<String, ?> fields) {
        return json(status, "application/json", fields);
    }

    private static Response json(int status, String type, Map<String, ?> fields) {
        byte[] body = JSON.std
                .with(JSON.Feature.WRITE_NULL_PROPERTIES)
                .asString(fields)
                .getBytes(StandardCharsets.UTF_8);
        return new Response(status, Map.of("Content-Type", List.of(type)), body);
    }

    static Response problem(int status, String slug, String detail) {
        return json(
                status,
                "application/problem+json",
                Map.of(
                        "type",
                        "urn:evenkeel:problem:" + slug,
                        "title",
                        "Test problem",
                        "status",
                        status,
                        "detail",
                        detail,
                        "action",
                        "do something"));
    }

    private static Response bytes(byte[] body) {
        return new Response(200, Map.of("Content-Type", List.of("application/octet-stream")), body);
    }
}

package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Replica;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** A run and its devices over HTTP; clients are inserted directly into the database. */
public final class Scene {

    private static final AtomicInteger NAMES = new AtomicInteger();
    public static final int DIMENSION = 6;

    private static final int MAX_POLLS = 5;

    public Http operator;
    private Supplier<String> endpoint;
    private JdbcTemplate jdbc;
    public final String run;
    public final List<TestDevice> devices = new ArrayList<>();
    private final String compressor;
    private final FeedbackMethod method;

    public Scene(String endpoint, JdbcTemplate jdbc, String run, String compressor, FeedbackMethod method) {
        this(() -> endpoint, jdbc, run, compressor, method);
    }

    public Scene(Supplier<String> endpoint, JdbcTemplate jdbc, String run, String compressor, FeedbackMethod method) {
        this.endpoint = endpoint;
        this.jdbc = jdbc;
        this.run = run;
        this.compressor = compressor;
        this.method = method;
        this.operator = new Http(endpoint, CoordinatorTest.OPERATOR_TOKEN);
    }

    /** Continues with a restarted coordinator. */
    public void moveTo(String newEndpoint, JdbcTemplate newJdbc) {
        endpoint = () -> newEndpoint;
        jdbc = newJdbc;
        operator = new Http(endpoint, CoordinatorTest.OPERATOR_TOKEN);
        devices.forEach(device -> device.moveTo(newEndpoint));
    }

    public static String newName() {
        return "run-" + NAMES.incrementAndGet();
    }

    /** Creates the run; {@code more} contains further fields of its definition. */
    public Scene create(String algorithm, int rounds, String more) {
        String json = "{\"name\":\"" + run + "\",\"dimension\":" + DIMENSION + ",\"algorithm\":\"" + algorithm
                + "\",\"compressor\":\"" + compressor + "\",\"rounds\":" + rounds + (more.isEmpty() ? "" : "," + more)
                + "}";
        Reply reply = operator.postJson("/runs", json);
        if (reply.status() != 201) {
            throw new AssertionError(reply.toString());
        }
        return this;
    }

    public TestDevice device() {
        String client = Credential.newId();
        String secret = Credential.newDeviceToken(client);
        enrol(jdbc, client, secret);
        TestDevice device = new TestDevice(new Http(endpoint, secret), run, client, DIMENSION, compressor, method);
        devices.add(device);
        return device;
    }

    public String secretOf(TestDevice device) {
        return device.http().token();
    }

    /** Creates a device and joins it to the run. */
    public TestDevice member(double weight) {
        TestDevice device = device();
        Reply reply = device.join(weight);
        if (reply.status() != 201) {
            throw new AssertionError(reply.toString());
        }
        return device;
    }

    public Scene members(int count) {
        for (int i = 0; i < count; i++) {
            member(1);
        }
        return this;
    }

    public Scene start() {
        return act("start");
    }

    public Scene act(String verb) {
        Reply reply = operator.post("/runs/" + run + "/" + verb);
        if (reply.status() != 200) {
            throw new AssertionError(reply.toString());
        }
        return this;
    }

    public Reply view() {
        return operator.get("/runs/" + run);
    }

    /**
     * Returns the overview as seen by a reader of only these runs, since the overview of all runs is limited to the
     * oldest hundred entries.
     */
    public Reply overview(Scene... others) {
        String runs = Stream.concat(Stream.of(this), Stream.of(others))
                .map(scene -> '"' + scene.run + '"')
                .collect(Collectors.joining(","));
        Reply token =
                operator.postJson("/access-tokens", "{\"name\":\"some\",\"role\":\"viewer\",\"runs\":[" + runs + "]}");
        return new Http(endpoint, token.get("token")).get("/overview");
    }

    /** Changes the run's definition with a merge patch. */
    public Reply change(String patch) {
        return operator.patch("/runs/" + run, patch);
    }

    /** Returns the changes of the definition, oldest first. */
    public List<Map<String, Object>> revisions() {
        return operator.get("/runs/" + run + "/revisions").jsonList();
    }

    /** Returns what the open round waits for. */
    public Reply openRound() {
        return operator.get("/runs/" + run + "/rounds/open");
    }

    /** Answers a round with all devices, and waits until it is closed. */
    public void closeRound(int round, double[] gradient) {
        devices.forEach(device -> device.answer(round, gradient));
        awaitClosed(round);
    }

    /** Waits until a round is closed. */
    public void awaitClosed(int round) {
        Eventually.eventually().until(() -> view().number("round") > round);
    }

    public Reply record(int round) {
        return operator.get("/runs/" + run + "/rounds/" + round);
    }

    /** Waits until a member gets work after a round or has to stop. Polls like a device, but only a few times. */
    public Reply await(TestDevice device, int after) {
        Reply reply = device.waitForTask(after).join();
        for (int asked = 1; reply.status() == 204 && asked < MAX_POLLS; asked++) {
            reply = device.waitForTask(after).join();
        }
        return reply;
    }

    /** Returns the coordinator's x and S before a round. */
    public Replica replica(int round) {
        return replicaBy(devices.get(0), round);
    }

    public Replica replicaBy(TestDevice device, int round) {
        Reply reply = device.http().get("/runs/" + run + "/rounds/" + round + "/replica");
        if (reply.status() != 200) {
            throw new AssertionError(reply.toString());
        }
        return Replica.decode(reply.body(), 0, reply.body().length, DIMENSION);
    }

    /** Returns everything that a refused request must not change: the run, its members, its messages, x and S. */
    public String fingerprint() {
        StringBuilder all = new StringBuilder();
        Map<String, Object> row = jdbc.queryForMap("SELECT * FROM run WHERE name = ?", run);
        // The lease is renewed in the background.
        row.remove("lease_until");
        all.append(row);
        all.append(jdbc.queryForList(
                "SELECT m.*, c.* FROM member m JOIN member_chain c ON c.member_id = m.id JOIN run r ON r.id = m.run_id"
                        + " WHERE r.name = ? ORDER BY ordinal",
                run));
        all.append(jdbc.queryForList(
                "SELECT g.member_id, g.round_number, g.included_in, g.sequence, g.digest FROM message g JOIN run r ON r.id = g.run_id"
                        + " WHERE r.name = ? ORDER BY 1, 2",
                run));
        int round = view().number("round");
        if (round > 0 || view().get("state").equals("running")) {
            Replica replica = replica(round);
            all.append(Digest.toHex(Digest.of(replica.encode())));
        }
        return all.toString();
    }

    /**
     * Returns the largest difference between the components of the coordinator's S and of sum_i w_i g_i over some
     * devices, relative to the largest component of that sum.
     */
    public static double difference(double[] sum, List<TestDevice> devices, double... weights) {
        double[] expected = new double[sum.length];
        for (int i = 0; i < devices.size(); i++) {
            double[] memory = devices.get(i).memory();
            for (int j = 0; j < sum.length; j++) {
                expected[j] += weights[i] * memory[j];
            }
        }
        double largest = 0;
        double difference = 0;
        for (int j = 0; j < sum.length; j++) {
            largest = Math.max(largest, Math.abs(expected[j]));
            difference = Math.max(difference, Math.abs(expected[j] - sum[j]));
        }
        return largest == 0 ? difference : difference / largest;
    }

    public static void enrol(JdbcTemplate jdbc, String client, String secret) {
        OffsetDateTime now = OffsetDateTime.parse("2026-03-01T12:00:00Z");
        Integer tokens = jdbc.queryForObject("SELECT COUNT(*) FROM enrolment_token WHERE id = 'test'", Integer.class);
        if (tokens == null || tokens == 0) {
            jdbc.update(
                    "INSERT INTO enrolment_token (id, hash, uses, uses_left, created_at) VALUES ('test', ?, 1, 0, ?)",
                    Credential.hash("test"),
                    now);
        }
        jdbc.update(
                "INSERT INTO client (id, secret_hash, enrolled_by, enrolled_at) VALUES (?, ?, 'test', ?)",
                client,
                Credential.hash(secret),
                now);
    }
}

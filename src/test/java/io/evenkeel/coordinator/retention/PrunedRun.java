package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.OtherSettings;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Random;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs of three devices that are compacted and pruned as early as possible, but only when a test requests it. */
@OtherSettings
public abstract class PrunedRun {

    /** The number of rounds whose receipts are all kept. */
    static final int RECEIPTS = OtherSettings.RECEIPTS;

    @LocalServerPort
    private int port;

    @Autowired
    public JdbcTemplate jdbc;

    @Autowired
    private PlanCache plans;

    @Autowired
    private RunRetention retention;

    public final Random random = new Random(11);

    public Scene scene(String algorithm, FeedbackMethod method, int rounds) {
        return scene(algorithm, method, rounds, "");
    }

    /** Creates and starts a run; {@code more} contains further fields of the definition, each after a comma. */
    public Scene scene(String algorithm, FeedbackMethod method, int rounds, String more) {
        return new Scene("http://localhost:" + port, jdbc, Scene.newName(), "top-k:2", method)
                .create(algorithm, rounds, "\"gamma\":\"anytime:0.5:0.5\"" + more)
                .members(3)
                .start();
    }

    public double[] gradient() {
        return random.doubles(Scene.DIMENSION, -1, 1).toArray();
    }

    /** Answers a round with some devices, and waits until it closes. */
    public void round(Scene scene, int round, List<TestDevice> devices) {
        devices.forEach(device -> device.answer(round, gradient()));
        scene.await(devices.get(0), round);
    }

    public void rounds(Scene scene, int from, int to) {
        for (int round = from; round < to; round++) {
            round(scene, round, scene.devices);
        }
    }

    public long key(Scene scene) {
        return plans.named(scene.run).run();
    }

    /** Performs all pending retention steps; returns their number. */
    public int prune(Scene scene) {
        return prune(scene, Integer.MAX_VALUE);
    }

    /** Performs retention steps up to a limit; returns their number. */
    int prune(Scene scene, int limit) {
        int steps = 0;
        while (steps < limit && retention.step(key(scene)) == RetentionStep.TAKEN) {
            steps++;
        }
        return steps;
    }

    public int payloads(Scene scene, int ordinal) {
        return count(scene, "message", "payload_id IN (SELECT id FROM message_payload) AND ordinal = " + ordinal);
    }

    public int count(Scene scene, String table, String condition) {
        Integer count = jdbc.queryForObject(
                "SELECT COUNT(*) FROM " + table + " WHERE run_id = ? AND " + condition, Integer.class, key(scene));
        return count == null ? -1 : count;
    }

    /** Checks the byte counters by which compaction chooses members. */
    public void assertBytesAddUp(Scene scene) {
        String chains = "member JOIN member_chain ON member_id = id";
        assertThat(count(scene, chains, "bytes > 0")).isEqualTo(3);
        assertThat(count(scene, chains, "bytes <> (SELECT SUM(g.bytes) FROM message g WHERE g.member_id = member.id)"))
                .isZero();
        assertThat(count(
                        scene,
                        "member",
                        "COALESCE((SELECT s.bytes FROM member_snapshot s WHERE s.member_id = member.id), 0)"
                                + " <> COALESCE((SELECT SUM(g.bytes) FROM message g WHERE g.member_id = member.id"
                                + " AND g.payload_id NOT IN (SELECT id FROM message_payload)), 0)"))
                .isZero();
    }

    public static Reply audit(Scene scene, double tolerance) {
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.status()).as(audit.toString()).isEqualTo(200);
        assertThat(audit.get("agrees")).isEqualTo("true");
        assertThat(Double.parseDouble(audit.get("relativeDifference"))).isLessThan(tolerance);
        return audit;
    }
}

package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * Damaged requests to all endpoints are refused without a failure or a change. The inputs are the same each time.
 * {@code LongFuzzTest} does the same with a million inputs.
 */
@UnlimitedCoordinator
class FuzzTest {

    /** Lengths that are huge, negative or not numbers. */
    private static final List<String> ANNOUNCED = List.of(
            "1",
            "4097",
            "2147483648",
            "1000000000000000",
            "9223372036854775807",
            "9223372036854775808",
            "-1",
            "-9223372036854775808",
            "+5",
            "1e3",
            "0x10",
            "many",
            "",
            "1, 2",
            "0\r\nContent-Length: 1");

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WebApplicationContext web;

    private Fuzzer fuzzer;
    private Scene scene;
    private FuzzTargets targets;
    private String enrolmentToken = "";
    /** The query that counts the rows of all tables except the audit log, to which each refusal adds an entry. */
    private String sizes = "";

    /** Returns the number of inputs of each test. */
    int inputs() {
        return Boolean.getBoolean("evenkeel.test.ci") ? 500 : 150;
    }

    /** Returns the number of bytes by which the heap may grow. */
    long growth() {
        return 48L << 20;
    }

    @BeforeEach
    void openRoundOneWhichTheDeviceHasAnswered() {
        scene = newScene("").members(2).start();
        scene.devices.forEach(member -> member.answer(0, GRADIENT));
        scene.await(scene.devices.get(0), 0);
        // Since the device has answered, a damaged message that is still valid is a repetition or a conflict.
        scene.devices.get(0).answer(1, GRADIENT);
        sizes = jdbc
                .queryForList(
                        "SELECT LOWER(table_name) FROM information_schema.tables WHERE LOWER(table_schema) = 'public'"
                                + " AND LOWER(table_name) NOT IN ('audit_entry', 'flyway_schema_history')",
                        String.class)
                .stream()
                .map(table -> "(SELECT COUNT(*) FROM " + table + ") AS " + table)
                .collect(Collectors.joining(", ", "SELECT ", ""));
        fuzzer = new Fuzzer(web, this::state);
        enrolmentToken = api.enrolmentToken(1_000_000);
        Scene uploaded = newScene(",\"initialModel\":\"uploaded\"");
        targets = new FuzzTargets(scene, scene.secretOf(uploaded.device()), uploaded.run, newScene("").run);
    }

    private Scene newScene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "\"participants\":{\"min\":2}" + more);
    }

    @Test
    void damagedMessagesAreRefusedWithoutAFailureOrAChange() {
        List<FuzzEndpoint> messages = targets.messages();
        // Warms up before the heap and the threads are measured.
        fuzzer.send(new SplittableRandom(-1), Math.min(inputs(), 2_000), messages, FuzzEndpoint::damagedBody);
        String before = scene.fingerprint();
        long heap = heap();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        fuzzer.send(new SplittableRandom(1), inputs(), messages, FuzzEndpoint::damagedBody);

        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(heap() - heap).as("growth of the heap in bytes").isLessThan(growth());
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
                .as("threads more")
                .isLessThan(20);
        assertThat(fuzzer.statuses()).contains(409, 422);
    }

    @Test
    void damagedJsonIsRefusedWithoutAFailureOrAChange() {
        fuzzer.send(new SplittableRandom(2), inputs(), targets.definitions(enrolmentToken), FuzzEndpoint::damagedBody);
        assertThat(fuzzer.statuses()).contains(201, 400, 422);
    }

    @Test
    void damagedFilesAreRefusedWithoutAFailureOrAChange() {
        fuzzer.send(new SplittableRandom(3), inputs(), targets.files(), FuzzEndpoint::damagedBody);
        assertThat(fuzzer.statuses()).contains(204, 422);
    }

    @Test
    void damagedPathsParametersAndHeadersAreRefusedWithoutAFailureOrAChange() {
        List<FuzzEndpoint> all = new ArrayList<>(described());
        all.addAll(targets.messages());
        all.addAll(targets.definitions(enrolmentToken));
        all.addAll(targets.files());
        fuzzer.send(new SplittableRandom(4), inputs(), all, FuzzEndpoint::damagedHead);
        assertThat(fuzzer.statuses()).contains(200, 201, 204, 400, 404);
    }

    @Test
    @OnlyInCi
    void damagedBodiesOfAllEndpointsAreRefusedWithoutAFailureOrAChange() {
        List<FuzzEndpoint> withBodies = described().stream()
                .filter(endpoint -> !endpoint.bodies().isEmpty())
                .toList();
        // Fewer inputs would not reach all of these endpoints.
        int inputs = Math.max(inputs(), 2_000);
        fuzzer.send(new SplittableRandom(5), inputs, withBodies, FuzzEndpoint::damagedBody);
        assertThat(fuzzer.statuses()).contains(200, 201, 400, 422);
    }

    /** Uses a socket, since the mock requests of the other tests always announce the actual length of the body. */
    @Test
    void announcedLengthsOfBodiesThatDoNotArriveAreRefusedAndLimitNoOthers() throws IOException {
        List<FuzzEndpoint> all = described();
        SplittableRandom random = new SplittableRandom(6);
        String token = CoordinatorTest.VIEWER_TOKEN;
        for (String length : ANNOUNCED) {
            FuzzEndpoint endpoint = all.get(random.nextInt(all.size()));
            String path = endpoint.path().replaceAll("[{}]", "");
            assertThat(statusOf(endpoint.method() + " " + path, token, length))
                    .as(endpoint.method() + " " + path + " with Content-Length " + length)
                    .isBetween(200, 499)
                    .isNotEqualTo(429);
        }
        // These are more requests than one caller may have in progress.
        for (int i = 0; i < 12; i++) {
            assertThat(statusOf("GET /api/v1/caller", token, Long.toString(Long.MAX_VALUE)))
                    .isEqualTo(200);
        }
    }

    /** Sends a request without a body, and returns the response's status. */
    private int statusOf(String methodAndPath, String token, String length) throws IOException {
        String head = methodAndPath + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), URI.create(api.endpoint()).getPort())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String first = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            assertThat(first)
                    .as(methodAndPath + " with Content-Length " + length)
                    .startsWith("HTTP/1.1 ");
            return Integer.parseInt(first.substring(9, 12));
        }
    }

    private List<FuzzEndpoint> described() {
        return targets.described(new JsonMapper()
                .readTree(api.anonymous()
                        .get()
                        .uri("/openapi.json")
                        .exchange()
                        .expectBody()
                        .returnResult()
                        .getResponseBody()));
    }

    /**
     * Returns everything that a refused request could have changed: the run, its chains, and the number of rows in all
     * tables.
     */
    private String state() {
        return jdbc.queryForList(
                        "SELECT r.state, r.closing, r.round_number, r.accepted, r.extended, m.client_id, m.weight,"
                                + " m.pending_weight, m.left_after, c.sequence, c.head FROM run r"
                                + " JOIN member m ON m.run_id = r.id JOIN member_chain c ON c.member_id = m.id"
                                + " WHERE r.name = ? ORDER BY m.id",
                        scene.run)
                + jdbc.queryForMap("SELECT SUM(digest) FROM checkpoint").toString()
                + jdbc.queryForMap(sizes);
    }

    /** Returns the heap in use without the audit log, which is in memory only in tests. */
    private long heap() {
        jdbc.execute("TRUNCATE TABLE audit_entry");
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

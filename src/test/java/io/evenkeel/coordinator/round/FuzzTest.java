package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import io.evenkeel.coordinator.Api;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import jakarta.servlet.Filter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/**
 * Sends damaged input through everything behind the socket: security filters, Spring MVC, the handlers and the database. Nothing is
 * answered with 5xx, and what is refused changes nothing. {@code LongFuzzTest} does the same with a million inputs.
 */
@CoordinatorTest
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:fuzz;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
            "evenkeel.limits.requests-per-second=1000000",
            "evenkeel.limits.enrolments-per-minute=100000000",
            "evenkeel.limits.failures-per-minute=100000000"
        })
class FuzzTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};
    private static final System.Logger LOG = System.getLogger("fuzz");
    private static final int PROGRESS = 10_000;
    private static final String JSON = "application/json";
    private static final List<byte[]> ANY_JSON = AnyJson.texts(2_000);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WebApplicationContext web;

    private MockMvc mvc;
    private Scene scene;
    private TestDevice device;
    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** How many inputs are sent. */
    int inputs() {
        return 6_000;
    }

    long growth() {
        return 48L << 20;
    }

    @BeforeEach
    void openRoundOneWhichTheDeviceHasAnswered() {
        mvc = MockMvcBuilders.webAppContextSetup(web)
                .addFilters(web.getBean("laterFilter", Filter.class))
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
        scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "\"participants\":{\"min\":2}")
                .members(2)
                .start();
        scene.devices.forEach(member -> member.answer(0, GRADIENT));
        device = scene.devices.get(0);
        scene.await(device, 0);
        // So whatever of its messages for the round is still valid after the damage, is a repetition or a conflict.
        device.answer(1, GRADIENT);
    }

    @Test
    void damagedMessagesAreRefusedWithoutAFailureOrAChange() {
        List<byte[]> binary = binaryMessages();
        List<byte[]> json = jsonMessages();
        fuzz(inputs(), random -> {
            boolean asJson = random.nextInt(3) == 0;
            return new Input(
                    HttpMethod.PUT,
                    "/api/v1/runs/" + scene.run + "/rounds/1/messages/me",
                    scene.secretOf(device),
                    asJson ? JSON : TestDevice.BINARY,
                    new Mutator(random).mutate(asJson ? json : binary));
        });
        assertThat(statuses.keySet()).contains(409, 422).allMatch(status -> status < 500);
    }

    @Test
    void damagedJsonIsRefusedWithoutAFailureOrAChange() {
        scene.act("cancel");
        List<Target> targets = targets();
        fuzz(inputs() / 3, random -> {
            Target target = targets.get(random.nextInt(targets.size()));
            byte[] body = new Mutator(random).mutate(random.nextInt(4) == 0 ? ANY_JSON : target.bodies());
            return new Input(target.method(), target.path(), target.token(), JSON, body);
        });
        assertThat(statuses.keySet()).contains(400, 422).allMatch(status -> status < 500);
    }

    private static final class Input {
        final HttpMethod method;
        final String path;
        final String token;
        final String type;
        final byte[] body;

        Input(HttpMethod method, String path, String token, String type, byte[] body) {
            this.method = method;
            this.path = path;
            this.token = token;
            this.type = type;
            this.body = body;
        }
    }

    private record Target(HttpMethod method, String path, String token, List<byte[]> bodies) {

        Target(HttpMethod method, String path, String token, String... bodies) {
            this(
                    method,
                    path,
                    token,
                    Arrays.stream(bodies)
                            .map(body -> body.getBytes(StandardCharsets.UTF_8))
                            .toList());
        }
    }

    private interface Generator {

        Input next(RandomGenerator random);
    }

    private void fuzz(int count, Generator generator) {
        send(new SplittableRandom(-1), generator, Math.min(count, 2_000)); // so that what is made once is made
        String before = scene.fingerprint() + members();
        long heap = heap();
        long start = System.nanoTime();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        send(new SplittableRandom(1), generator, count);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long after = heap();
        LOG.log(
                System.Logger.Level.INFO,
                count + " inputs answered in " + took.toSeconds() + " s with " + statuses + ", heap before "
                        + (heap >> 10) + " KiB and after " + (after >> 10) + " KiB");
        assertThat(scene.fingerprint() + members()).isEqualTo(before);
        assertThat(after - heap).as("bytes of heap more").isLessThan(growth());
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
                .as("threads more")
                .isLessThan(20);
    }

    private void send(SplittableRandom random, Generator generator, int count) {
        for (int i = 0; i < count; i++) {
            SplittableRandom own = random.split();
            Input input = generator.next(own);
            int status = send(input);
            statuses.merge(status, 1, Integer::sum);
            if (i % PROGRESS == PROGRESS - 1) {
                LOG.log(System.Logger.Level.INFO, (i + 1) + " inputs answered so far with " + statuses);
            }
            assertThat(status)
                    .as(() -> "input " + input.method + " " + input.path + " "
                            + HexFormat.of().formatHex(input.body))
                    .isLessThan(500);
        }
    }

    private int send(Input input) {
        try {
            MockHttpServletRequestBuilder request =
                    request(input.method, input.path).contentType(input.type).content(input.body);
            if (!input.token.isEmpty()) {
                request.header("Authorization", "Bearer " + input.token);
            }
            MvcResult result = mvc.perform(request).andReturn();
            return result.getRequest().isAsyncStarted()
                    ? AwaitedAnswer.of(result).getStatus()
                    : result.getResponse().getStatus();
        } catch (Exception e) {
            throw new AssertionError("escaped: " + HexFormat.of().formatHex(input.body), e);
        }
    }

    private String members() {
        return jdbc.queryForList("SELECT run_id, client_id, weight, sequence, head FROM member"
                        + " JOIN member_chain ON member_id = id ORDER BY id")
                .toString();
    }

    /** Bytes in use, without the audit log: its entries would lie on a disk, but here the database is in memory. */
    private long heap() {
        jdbc.execute("TRUNCATE TABLE audit_entry");
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private List<byte[]> binaryMessages() {
        List<byte[]> messages = new ArrayList<>();
        Report full = new Report(
                100,
                OptionalDouble.of(2.3),
                OptionalDouble.of(1),
                OptionalDouble.of(0.5),
                Map.of("accuracy", 0.9, "b", 1.0));
        int d = Scene.DIMENSION;
        for (Report report : List.of(Report.of(1), full)) {
            for (ValueCoding coding : ValueCoding.values()) {
                double[] two = {1, -1};
                coding.round(two);
                messages.add(encode(report, new Support.Listed(d, new int[] {1, 4}), coding, two));
                messages.add(encode(report, new Support.Seeded(d, 2, 7), coding, two));
            }
            messages.add(encode(report, new Support.All(d), ValueCoding.FLOAT64, GRADIENT.clone()));
        }
        return messages;
    }

    private byte[] encode(Report report, Support support, ValueCoding coding, double[] values) {
        return new Message(device.sequence() + 1, device.head(), report, new CompressedVector(support, coding, values))
                .encode();
    }

    private static List<byte[]> jsonMessages() {
        return List.of(
                bytes("{\"sequence\":3,\"previous\":\"0123456789abcdef\",\"indices\":[0,5],\"values\":[1.5,-2]}"),
                bytes("{\"sequence\":3,\"values\":[1,2,3,4,5,6],\"coding\":\"bf16\",\"samples\":9,\"loss\":2.5}"),
                bytes("{\"sequence\":3,\"indices\":[1],\"values\":[1e3],\"gradientNorm\":1,\"smoothness\":2,"
                        + "\"metrics\":{\"accuracy\":0.5}}"));
    }

    private List<Target> targets() {
        String operator = CoordinatorTest.OPERATOR_TOKEN;
        String run = "/api/v1/runs/" + scene.run;
        return List.of(
                new Target(HttpMethod.PUT, run + "/members/me", scene.secretOf(device), "{\"weight\":2.5}"),
                new Target(
                        HttpMethod.POST, "/api/v1/enrolments", "", "{\"token\":\"evk_enrol_none\",\"name\":\"meter\"}"),
                new Target(
                        HttpMethod.POST,
                        "/api/v1/enrolment-tokens",
                        operator,
                        "{\"uses\":0,\"expiresIn\":\"PT1H\",\"run\":\"a\",\"description\":\"x\"}"),
                new Target(
                        HttpMethod.POST,
                        "/api/v1/access-tokens",
                        operator,
                        "{\"name\":\"\",\"role\":\"viewer\",\"expiresIn\":\"30s\"}"),
                new Target(
                        HttpMethod.POST,
                        "/api/v1/runs",
                        operator,
                        "{\"name\":\"" + scene.run + "\",\"dimension\":6,\"algorithm\":\"ef21-norm\",\"rounds\":0,"
                                + "\"compressor\":\"top-k:2\",\"gamma\":0.1,\"participants\":{\"min\":1,\"max\":3},"
                                + "\"time\":{\"min\":\"1s\",\"max\":\"60s\"},\"sampling\":0.5,\"staleness\":1}",
                        "{\"name\":\"" + scene.run + "\",\"tensors\":[{\"name\":\"w\",\"shape\":[2,3]}],"
                                + "\"algorithm\":\"gd\",\"rounds\":0,\"smoothness\":2,\"initialModel\":\"uploaded\"}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.AwaitedResponse;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends damaged requests through everything behind the socket: security filters, Spring MVC, the handlers and the database. No answer
 * is 5xx, a refusal is a problem document that says what is wrong, and what is refused changes nothing. The inputs are the same each
 * time. {@code LongFuzzTest} does the same with a million of them.
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
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PROGRESS = 10_000;
    private static final int SHOWN = 20;
    private static final String TYPE = "urn:evenkeel:problem:";
    private static final Set<String> TYPES = Arrays.stream(ProblemKind.values())
            .map(problem -> TYPE + problem.slug())
            .collect(Collectors.toSet());

    /** Problems about the content of a request, and the members of the document that name the wrong part. */
    private static final Set<ProblemKind> OF_CONTENT =
            Set.of(ProblemKind.MALFORMED, ProblemKind.INVALID, ProblemKind.INVALID_FRAME, ProblemKind.PLAN_EXCEEDED);

    private static final List<String> NAMING = List.of("field", "errors", "position", "line");

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WebApplicationContext web;

    private MockMvc mvc;
    private Scene scene;
    private FuzzTargets targets;
    private String enrolmentToken = "";
    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** The number of inputs of each test. */
    int inputs() {
        return 2_000;
    }

    /** The number of bytes by which the heap may grow. */
    long growth() {
        return 48L << 20;
    }

    @BeforeEach
    void openRoundOneWhichTheDeviceHasAnswered() {
        mvc = MockMvcBuilders.webAppContextSetup(web)
                .addFilters(web.getBean("pendingResponseFilter", Filter.class))
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
        scene = newScene("").members(2).start();
        scene.devices.forEach(member -> member.answer(0, GRADIENT));
        scene.await(scene.devices.get(0), 0);
        // So a damaged message for the round that is still valid is a repetition or a conflict.
        scene.devices.get(0).answer(1, GRADIENT);
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
        // Creates everything that is created once.
        send(new SplittableRandom(-1), Math.min(inputs(), 2_000), messages, FuzzEndpoint::damagedBody);
        String before = scene.fingerprint();
        long heap = heap();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        send(new SplittableRandom(1), inputs(), messages, FuzzEndpoint::damagedBody);

        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(heap() - heap).as("bytes of heap more").isLessThan(growth());
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
                .as("threads more")
                .isLessThan(20);
        assertThat(statuses.keySet()).contains(409, 422);
    }

    @Test
    void damagedJsonIsRefusedWithoutAFailureOrAChange() {
        send(new SplittableRandom(2), inputs(), targets.definitions(enrolmentToken), FuzzEndpoint::damagedBody);
        assertThat(statuses.keySet()).contains(201, 400, 422);
    }

    @Test
    void damagedFilesAreRefusedWithoutAFailureOrAChange() {
        send(new SplittableRandom(3), inputs(), targets.files(), FuzzEndpoint::damagedBody);
        assertThat(statuses.keySet()).contains(204, 422);
    }

    @Test
    void damagedPathsParametersAndHeadersAreRefusedWithoutAFailureOrAChange() {
        send(new SplittableRandom(4), inputs(), targets.all(enrolmentToken), FuzzEndpoint::damagedHead);
        assertThat(statuses.keySet()).contains(200, 400, 404);
    }

    private void send(
            SplittableRandom random,
            int count,
            List<FuzzEndpoint> endpoints,
            BiFunction<FuzzEndpoint, RandomGenerator, FuzzInput> damage) {
        List<AssertionError> failures = new ArrayList<>();
        String state = state();
        for (int i = 0; i < count; i++) {
            SplittableRandom own = random.split();
            FuzzInput input = damage.apply(endpoints.get(own.nextInt(endpoints.size())), own);
            MockHttpServletResponse answer = answer(input);
            int status = answer.getStatus();
            statuses.merge(status, 1, Integer::sum);
            if (i % PROGRESS == PROGRESS - 1) {
                LOG.log(System.Logger.Level.INFO, (i + 1) + " inputs answered so far with " + statuses);
            }
            String after = state();
            try {
                if (status >= 400) {
                    assertRefused(input, answer);
                    assertThat(after).as("the state after " + input).isEqualTo(state);
                }
            } catch (AssertionError e) {
                failures.add(e);
            }
            state = after;
        }
        LOG.log(System.Logger.Level.INFO, count + " inputs answered with " + statuses);
        // Shows several failures in one run.
        assertThat(failures.stream().limit(SHOWN).map(Throwable::getMessage))
                .as(failures.size() + " failures")
                .isEmpty();
    }

    private static void assertRefused(FuzzInput input, MockHttpServletResponse answer) {
        String text = new String(answer.getContentAsByteArray(), StandardCharsets.UTF_8);
        assertThat(answer.getStatus()).as(() -> input + " was answered " + text).isLessThan(500);
        assertThat(answer.getContentType()).as(input::toString).isEqualTo("application/problem+json");
        JsonNode problem = JSON.readTree(text);
        assertThat(TYPES).as(input::toString).contains(problem.path("type").asString());
        assertThat(problem.path("detail").asString()).as(input::toString).isNotBlank();
        assertThat(problem.path("action").asString()).as(input::toString).isNotBlank();
        if (OF_CONTENT.stream()
                .anyMatch(known -> problem.path("type").asString().equals(TYPE + known.slug()))) {
            assertThat(NAMING.stream().anyMatch(problem::has)
                            || problem.path("detail").asString().matches("(?s).*\\b(body|path|header|parameter)\\b.*"))
                    .as(() -> input + " was answered without what is wrong: " + text)
                    .isTrue();
        }
    }

    private MockHttpServletResponse answer(FuzzInput input) {
        try {
            MockHttpServletRequestBuilder request =
                    request(input.method, URI.create(input.uri)).content(input.body);
            input.headers.forEach(request::header);
            MvcResult result = mvc.perform(request).andReturn();
            MockHttpServletResponse answer =
                    result.getRequest().isAsyncStarted() ? AwaitedResponse.of(result) : result.getResponse();
            return answer.getStatus() >= 400 && answer.getContentAsByteArray().length == 0 ? errorPage(answer) : answer;
        } catch (Exception e) {
            throw new AssertionError("escaped: " + input, e);
        }
    }

    /** Returns the response of the servlet container if a filter has set only the status. */
    private MockHttpServletResponse errorPage(MockHttpServletResponse answer) throws Exception {
        return mvc.perform(request(HttpMethod.GET, URI.create("/error")).with(failed -> {
                    failed.setDispatcherType(DispatcherType.ERROR);
                    failed.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, answer.getStatus());
                    return failed;
                }))
                .andReturn()
                .getResponse();
    }

    /** Returns all that a refused request could have changed: the run, its chains, and the number of rows of all tables. */
    private String state() {
        return jdbc.queryForList(
                        "SELECT r.state, r.closing, r.round_number, r.accepted, r.extended, m.client_id, m.weight,"
                                + " m.pending_weight, m.left_after, c.sequence, c.head FROM run r"
                                + " JOIN member m ON m.run_id = r.id JOIN member_chain c ON c.member_id = m.id"
                                + " WHERE r.name = ? ORDER BY m.id",
                        scene.run)
                + jdbc.queryForList("SELECT (SELECT COUNT(*) FROM run), (SELECT COUNT(*) FROM member),"
                                + " (SELECT COUNT(*) FROM message), (SELECT COUNT(*) FROM client),"
                                + " (SELECT COUNT(*) FROM enrolment_token), (SELECT COUNT(*) FROM access_token),"
                                + " (SELECT SUM(digest) FROM checkpoint), (SELECT COUNT(*) FROM round_record)")
                        .toString();
    }

    /** Bytes in use, without the audit log: its entries would lie on a disk, but here the database is in memory. */
    private long heap() {
        jdbc.execute("TRUNCATE TABLE audit_entry");
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}

package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import io.evenkeel.coordinator.testing.AwaitedResponse;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
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
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends damaged requests through the whole stack behind the socket: security filters, Spring MVC, the handlers and the
 * database. Checks that no response is 5xx, that a refusal is a problem document that names the problem, and that a
 * refused request changes nothing.
 */
final class Fuzzer {

    private static final System.Logger LOG = System.getLogger("fuzz");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PROGRESS = 10_000;
    private static final int SHOWN = 20;
    private static final String TYPE = "urn:evenkeel:problem:";
    private static final Set<String> TYPES = Arrays.stream(ProblemKind.values())
            .map(problem -> TYPE + problem.slug())
            .collect(Collectors.toSet());

    /**
     * Problems about the content of a request; their documents must name the wrong part, in a member of
     * {@link #NAMING}.
     */
    private static final Set<ProblemKind> OF_CONTENT =
            Set.of(ProblemKind.MALFORMED, ProblemKind.INVALID, ProblemKind.INVALID_FRAME, ProblemKind.PLAN_EXCEEDED);

    private static final List<String> NAMING = List.of("field", "errors", "position", "line");

    private final MockMvc mvc;
    private final Supplier<String> state;
    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** @param state returns everything that a refused request could have changed */
    Fuzzer(WebApplicationContext web, Supplier<String> state) {
        this.mvc = MockMvcBuilders.webAppContextSetup(web)
                .addFilters(web.getBean("pendingResponseHandler", Filter.class))
                .apply(SecurityMockMvcConfigurers.springSecurity())
                .build();
        this.state = state;
    }

    /** Returns the statuses of all responses so far. */
    Set<Integer> statuses() {
        return statuses.keySet();
    }

    /** Sends damaged requests to random endpoints, and reports several failures together. */
    void send(
            SplittableRandom random,
            int count,
            List<FuzzEndpoint> endpoints,
            BiFunction<FuzzEndpoint, RandomGenerator, FuzzInput> damage) {
        List<AssertionError> failures = new ArrayList<>();
        String before = state.get();
        for (int i = 0; i < count; i++) {
            SplittableRandom own = random.split();
            FuzzInput input = damage.apply(endpoints.get(own.nextInt(endpoints.size())), own);
            MockHttpServletResponse answer = answer(input);
            int status = answer.getStatus();
            statuses.merge(status, 1, Integer::sum);
            if (i % PROGRESS == PROGRESS - 1) {
                LOG.log(System.Logger.Level.INFO, (i + 1) + " inputs answered so far with " + statuses);
            }
            String after = state.get();
            try {
                if (status >= 400) {
                    assertRefused(input, answer);
                    assertThat(after).as("the state after " + input).isEqualTo(before);
                }
            } catch (AssertionError e) {
                failures.add(e);
            }
            before = after;
        }
        LOG.log(System.Logger.Level.INFO, count + " inputs answered with " + statuses);
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
                    .as(() -> input + " was refused without saying what is wrong: " + text)
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

    /** Returns the servlet container's response if a filter has set only the status. */
    private MockHttpServletResponse errorPage(MockHttpServletResponse answer) throws Exception {
        return mvc.perform(request(HttpMethod.GET, URI.create("/error")).with(failed -> {
                    failed.setDispatcherType(DispatcherType.ERROR);
                    failed.setAttribute(RequestDispatcher.ERROR_STATUS_CODE, answer.getStatus());
                    return failed;
                }))
                .andReturn()
                .getResponse();
    }
}

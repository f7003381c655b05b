package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broken or hostile coordinator cannot exhaust a device's memory or write control characters to its terminal. */
class HostileCoordinatorTest {

    private static final String ESCAPE = "\u001b]0;owned\u0007\u001b[31m\nERROR forged\r\u009b2J\u202e";

    private final ScriptedTransport transport = new ScriptedTransport();

    private ClientBuilder device() {
        return TestClients.on(transport, new MemoryStateStore())
                .credentials("me", "secret")
                .retryFor(java.time.Duration.ofMillis(1));
    }

    private static Map<String, Object> plan(int dimension) {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("run", TestCoordinator.RUN);
        plan.put("tensors", List.of(Map.of("name", "x", "shape", List.of(dimension))));
        plan.put("dimension", dimension);
        plan.put("rounds", 3);
        plan.put(
                "algorithm",
                Map.of(
                        "name",
                        "ef21",
                        "feedback",
                        "ef21",
                        "step",
                        "plain",
                        "gamma",
                        "constant:1",
                        "eta",
                        "constant:1"));
        plan.put("compressor", "identity");
        plan.put("seed", 1);
        plan.put("maxMessageBytes", 1000);
        return plan;
    }

    private static Map<String, Object> member(Map<String, Object> plan) {
        Map<String, Object> member = new LinkedHashMap<>();
        member.put("client", "me");
        member.put("ordinal", 0);
        member.put("sequence", 0);
        member.put("head", "0000000000000000");
        member.put("state", "running");
        member.put("members", 1);
        member.put("minParticipants", 1);
        member.put("plan", plan);
        return member;
    }

    private Throwable trainingWith(Map<String, Object> member, ClientBuilder device) {
        transport.left.clear();
        transport.requests.clear();
        transport.left.add(json(200, member));
        return catchThrowable(() -> TestClients.train(device));
    }

    @Test
    void aModelTooLargeForTheHeapIsRefusedBeforeItsDownload() {
        assertThat(trainingWith(member(plan(Integer.MAX_VALUE)), device().maxDimension(1_000_000)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining(
                        "a model of 2,147,483,647 values, but this device accepts at most 1,000,000 (maxDimension)");
        assertThat(transport.requests).hasSize(1);

        transport.left.add(json(200, member(plan(Integer.MAX_VALUE))));
        assertThatThrownBy(() -> {
                    try (EvenkeelClient client = device().maxDimension(5).build()) {
                        client.model(0);
                    }
                })
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("accepts at most 5");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void anInvalidMaximumDimensionIsNamed(int values) {
        assertThatThrownBy(() -> device().maxDimension(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxDimension is " + values);
    }

    /** Sets each field to each of these values in turn. */
    @Test
    void everyInvalidAnswerIsAClientException() {
        List<Object> hostile = Arrays.asList(
                null,
                true,
                BigInteger.ONE.shiftLeft(63),
                Long.MAX_VALUE,
                -1,
                0,
                Integer.MAX_VALUE,
                1e308,
                "",
                ESCAPE,
                "nan",
                List.of(),
                Map.of(),
                List.of(List.of(1)),
                List.of(ESCAPE),
                "9".repeat(5000));
        Map<String, Object> secure = Map.of(
                "owners", List.of("AAAA"),
                "dropout", 0.1,
                "collusion", 0.1,
                "rebaseEvery", 3,
                "exponent", -10,
                "minMembers", 10,
                "maxMembers", 20);
        Map<String, Object> privacy =
                Map.of("by", "device", "mechanism", "clip:1:1", "delta", 1e-5, "epsilon", 10, "maxMessages", 5);
        for (Object value : hostile) {
            for (String field : member(plan(5)).keySet()) {
                refused(with(member(plan(5)), field, value));
            }
            for (String field : plan(5).keySet()) {
                refused(member(with(plan(5), field, value)));
            }
            for (String part : List.of("algorithm", "privacy", "secureAggregation")) {
                Map<String, Object> plan = plan(5);
                plan.put("privacy", privacy);
                plan.put("secureAggregation", secure);
                Map<?, ?> inner = Objects.requireNonNull((Map<?, ?>) plan.get(part));
                for (Object field : inner.keySet()) {
                    Map<String, Object> other = new HashMap<>(plan);
                    if (part.equals("privacy")) {
                        other.remove("secureAggregation");
                    }
                    Map<String, Object> changed = new HashMap<>();
                    inner.forEach((name, kept) -> changed.put((String) name, kept));
                    other.put(part, with(changed, (String) field, value));
                    refused(member(other));
                }
            }
            refused(member(with(plan(5), "tensors", List.of(with(new HashMap<>(), "name", value)))));
        }
    }

    private static Map<String, Object> with(Map<String, Object> fields, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.put(name, value);
        return changed;
    }

    private void refused(Map<String, Object> member) {
        Throwable failure = trainingWith(member, device().maxDimension(1000));
        assertThat(failure).as("%s", member).isInstanceOf(EvenkeelException.class);
        assertThat(failure.getMessage()).doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\\u202e]");
    }

    @Test
    void textOfAProblemHasNoControlCharacters() {
        for (int bytes : new int[] {1, 5000}) {
            Map<String, Object> problem = Map.of(
                    "type",
                    "urn:evenkeel:problem:forbidden",
                    "title",
                    ESCAPE,
                    "detail",
                    ESCAPE.repeat(bytes),
                    "action",
                    ESCAPE);
            transport.left.add(json(403, problem));
            assertThatThrownBy(() -> TestClients.train(device()))
                    .isInstanceOfSatisfying(CoordinatorException.class, refusal -> {
                        assertThat(refusal.problem().type()).isEqualTo(ProblemType.FORBIDDEN);
                        assertThat(refusal.problem().detail().length()).isLessThan(20_000);
                        assertThat(refusal.getMessage() + refusal.problem())
                                .contains("\\u001b[31m\\u000aERROR forged\\u000d\\u009b2J\\u202e")
                                .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\\u202e]");
                    });
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void aMissingFunctionIsRefusedAtOnce() {
        TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "plain", "identity", 3);
        try (EvenkeelClient client =
                TestClients.on(coordinator, new MemoryStateStore()).build()) {
            assertThatThrownBy(() -> client.train(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("gradient");
        }
        assertThat(coordinator.members).isEmpty();
    }
}

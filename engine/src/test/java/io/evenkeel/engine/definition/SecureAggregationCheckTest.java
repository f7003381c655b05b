package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.engine.problem.ProblemException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SecureAggregationCheckTest {

    private static final String OWNER =
            Base64.getEncoder().encodeToString(OwnerKey.generate().publicKey());

    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<String, Object> definition = new TreeMap<>(Map.of(
            "name",
            "secure",
            "dimension",
            10,
            "algorithm",
            "ef21-norm",
            "rounds",
            5,
            "participants",
            Map.of("min", 10, "max", 1000),
            "secureAggregation",
            Map.of("owners", List.of(OWNER))));

    private ValidatedPlan plan() {
        ObjectNode tree = json.valueToTree(definition);
        return ValidatedPlan.of(json.treeToValue(tree, RunDefinition.class));
    }

    private ProblemException refusal() {
        return Objects.requireNonNull(catchThrowableOfType(ProblemException.class, this::plan));
    }

    private void secure(String field, Object value) {
        definition.put("secureAggregation", new TreeMap<>(Map.of("owners", List.of(OWNER), field, value)));
    }

    @Test
    void fillsInEveryDefault() {
        SecureAggregationTerms terms = Objects.requireNonNull(plan().secureAggregation());

        assertThat(terms.definition().dropout()).isEqualTo(0.1);
        assertThat(terms.definition().collusion()).isEqualTo(0.05);
        assertThat(terms.phaseTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(terms.definition().rebaseEvery()).isEqualTo(100);
        assertThat(terms.definition().exponent()).isEqualTo(-21);
        assertThat(terms.words().coding().largest()).isGreaterThanOrEqualTo(1).isLessThan(2);
        assertThat(plan().compressor().spec().toString()).isEqualTo("identity");
        assertThat(terms.owners()).containsExactly(Base64.getDecoder().decode(OWNER));
    }

    @ParameterizedTest
    @CsvSource({"3, -29", "1000, -21", "512, -21"})
    void theUnitIsTheSmallestWithWhichAMessageCanHoldOne(int max, int exponent) {
        definition.put("participants", Map.of("min", 3, "max", max));
        definition.put("secureAggregation", Map.of("owners", List.of(OWNER), "dropout", 0, "collusion", 0));
        SecureAggregationTerms terms = Objects.requireNonNull(plan().secureAggregation());
        assertThat(terms.definition().exponent()).isEqualTo(exponent);
        assertThat(terms.words().coding().largest()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void refusesEachIncompatibleField() {
        Map<String, Object> wrong = new TreeMap<>();
        wrong.put("algorithm", "ef14");
        wrong.put("compressor", "top-k:2");
        wrong.put("weights", Map.of("min", 1, "max", 2));
        wrong.put("staleness", 1);
        wrong.put("localSteps", 30);
        wrong.put("step", "sufficient-decrease:0.5:1");
        wrong.forEach((field, value) -> {
            Object before = definition.put(field, value);
            assertThat(refusal().members().get("errors")).as(field).asString().contains(field);
            if (before == null) {
                definition.remove(field);
            } else {
                definition.put(field, before);
            }
        });
        definition.put("compressor", "rand-k:2+natural");
        assertThat(refusal().detail()).contains("float32 or float64");
        definition.remove("compressor");
        definition.put("stop", Map.of("targets", List.of("accuracy >= 0.9")));
        assertThat(refusal().detail()).contains("stop.targets");
        definition.put("stop", Map.of("patience", Map.of("rounds", 3, "metric", "accuracy")));
        assertThat(refusal().detail()).contains("stop.patience.metric");
        definition.put("stop", Map.of("targets", List.of("loss <= 0.1"), "patience", Map.of("rounds", 3)));
        assertThat(plan().secureAggregation()).isNotNull();
    }

    private void noise(Map<String, Object> more) {
        Map<String, Object> privacy = new TreeMap<>(Map.of("noiseMultiplier", 1, "budget", Map.of("delta", 1e-6)));
        privacy.putAll(more);
        definition.put("privacy", privacy);
    }

    @Test
    void withPrivacyTheUnitIsTheFinestThatFitsMessagesAndNoise() {
        definition.put("participants", Map.of("min", 90, "max", 100));
        noise(Map.of());
        ValidatedPlan plan = plan();
        PrivacyTerms privacy = Objects.requireNonNull(plan.privacy());
        CohortNoise shares = Objects.requireNonNull(privacy.shares());

        assertThat(Objects.requireNonNull(plan.secureAggregation()).definition().exponent())
                .isEqualTo(-24);
        assertThat(shares.honest()).isEqualTo(85);
        assertThat(shares.grid().bound()).isEqualTo(1 << 24);
        assertThat(plan.addsNoise()).isFalse();
        assertThat(privacy.spent(3)).isEqualTo(RenyiAccountant.epsilon(0.5, 3, 1e-6));
        assertThat(ValidatedPlan.of(plan.definition()).privacy()).isEqualTo(privacy);
    }

    @Test
    void refusesNoiseThatDevicesCannotShare() {
        definition.put("participants", Map.of("min", 20, "max", 25));
        noise(Map.of("by", "coordinator"));
        assertThat(refusal().detail()).contains("privacy.by", "expected device");
        noise(Map.of());
        secure("exponent", 0);
        assertThat(refusal().detail()).contains("secureAggregation.exponent", "3 steps of noise: lower it");
        secure("exponent", -30);
        assertThat(refusal().detail()).contains("secureAggregation.exponent", "does not fit into 32 bits; raise it");
        secure("exponent", -20);
        assertThat(plan().privacy()).isNotNull();
        noise(Map.of("bound", 1e12));
        definition.put("secureAggregation", Map.of("owners", List.of(OWNER)));
        assertThat(refusal().detail()).contains("secureAggregation.exponent", "lower privacy.bound");
        noise(Map.of());
        definition.put("participants", Map.of("min", 20, "max", 400));
        assertThat(refusal().detail()).contains("secureAggregation.collusion", "20 of 400 members may collude");
    }

    @Test
    void refusesFieldsOutOfTheirRange() {
        Map<String, Object> wrong = Map.of(
                "owners",
                List.of(),
                "dropout",
                0.6,
                "collusion",
                -0.1,
                "phaseTime",
                "PT2H",
                "rebaseEvery",
                0,
                "exponent",
                1);
        wrong.forEach((field, value) -> {
            definition.put("secureAggregation", new TreeMap<>(Map.of("owners", List.of(OWNER))));
            if (field.equals("owners")) {
                definition.put("secureAggregation", Map.of("owners", value));
            } else {
                secure(field, value);
            }
            assertThat(refusal().detail()).as(field).contains("secureAggregation." + field);
        });
        definition.put("secureAggregation", Map.of("owners", List.of("AAAA")));
        assertThat(refusal().detail()).contains("owners[0]", "32 bytes");
        definition.put("secureAggregation", Map.of("owners", List.of(OWNER, OWNER)));
        assertThat(refusal().detail()).contains("a key twice");
    }

    @ParameterizedTest
    @CsvSource({"2, 10, participants.min", "10, 1001, participants.max"})
    void refusesCohortsThatAreTooSmallOrTooLarge(int min, int max, String field) {
        definition.put("participants", Map.of("min", min, "max", max));
        assertThat(refusal().detail()).contains(field);
        definition.put("participants", Map.of("min", 10));
        assertThat(refusal().detail()).contains("participants.max");
    }

    @Test
    void refusesCohortsThatCannotKeepTheirSecrets() {
        definition.put("participants", Map.of("min", 4, "max", 10));
        definition.put("secureAggregation", new TreeMap<>(Map.of("owners", List.of(OWNER))));
        secure("dropout", 0.5);
        assertThat(refusal().detail()).contains("secureAggregation.collusion", "raise participants.min");
    }

    @Test
    void reportsWhatAScatterMeanWouldNeed() {
        definition.put("algorithm", "ef14-decay-scatter-mean");
        definition.put("gamma", "0.1");
        assertThat(refusal().detail())
                .contains("masked counts beside the values")
                .doesNotContain("error feedback is");
    }
}

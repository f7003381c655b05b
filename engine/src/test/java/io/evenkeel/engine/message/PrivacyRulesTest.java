package io.evenkeel.engine.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Tests the permitted content of messages in private runs. */
class PrivacyRulesTest {

    private static final int DIMENSION = 6;
    private static final int ROUND = 3;
    private static final OptionalDouble NONE = OptionalDouble.empty();
    private static final Support ALL = new Support.All(DIMENSION);

    private static ValidatedPlan plan(String algorithm, String compressor, String privacy) {
        String definition = """
                {"name": "r", "dimension": 6, "algorithm": "%s", "rounds": 50, "compressor": "%s", "seed": 5,
                 "privacy": {"normalization": "clip", "noiseMultiplier": 20, "budget": {"delta": 1e-6}, %s}}""";
        return ValidatedPlan.of(JsonMapper.shared()
                .readValue(definition.formatted(algorithm, compressor, privacy), RunDefinition.class));
    }

    private static Message message(Report report, Support support, ValueCoding coding, double... values) {
        return new Message(1, 0, report, new CompressedVector(support, coding, values));
    }

    private static Message message(Support support, double... values) {
        return message(Report.of(1), support, ValueCoding.FLOAT32, values);
    }

    private static ProblemException refusal(ValidatedPlan plan, Message message) {
        ProblemException refused =
                catchThrowableOfType(ProblemException.class, () -> PrivacyRules.check(message, plan, ROUND));
        assertThat(refused).as(message.toString()).isNotNull();
        assertThat(refused.problem()).isEqualTo(ProblemKind.INVALID);
        return refused;
    }

    private static void assertRefused(ValidatedPlan plan, String field, Message message) {
        assertThat(refusal(plan, message).members().get("field")).isEqualTo(field);
    }

    private static Message reporting(Report report) {
        return message(report, ALL, ValueCoding.FLOAT32, 1, 0, 0, 0, 0, 0);
    }

    @Test
    void nothingRevealsMoreThanTheMechanismReleases() {
        ValidatedPlan plan = plan("ef21-norm", "identity", "\"bound\": 1");
        PrivacyRules.check(message(ALL, 1, 0, -2, 0, 0, 0), plan, ROUND);
        assertRefused(plan, "loss", reporting(new Report(1, OptionalDouble.of(0.5), NONE, NONE, Map.of())));
        assertRefused(plan, "gradientNorm", reporting(new Report(1, NONE, OptionalDouble.of(1), NONE, Map.of())));
        assertRefused(plan, "smoothness", reporting(new Report(1, NONE, NONE, OptionalDouble.of(1), Map.of())));
        assertRefused(plan, "metrics", reporting(new Report(1, NONE, NONE, NONE, Map.of("accuracy", 1.0))));
        assertRefused(plan, "samples", reporting(Report.of(7)));
        assertRefused(plan, "values[0]", message(ALL, 0x1.0p-40, 0, 0, 0, 0, 0));
        assertRefused(plan, "values[2]", message(ALL, 0, 0, 1e9, 0, 0, 0));
        assertRefused(plan, "coding", message(Report.of(1), ALL, ValueCoding.FLOAT64, 0, 0, 0, 0, 0, 0));
        assertRefused(plan, "indices", message(new Support.Listed(DIMENSION, new int[] {1}), 1));
    }

    @Test
    void allDevicesDrawTheSameCoordinates() {
        ValidatedPlan plan = plan("ef21-norm", "rand-k:2", "\"bound\": 1");
        long common = SplitMix64.derive(5, ROUND);
        PrivacyRules.check(message(new Support.Seeded(DIMENSION, 2, common), 1, 1), plan, ROUND);
        assertRefused(plan, "indices", message(new Support.Seeded(DIMENSION, 1, common), 1));
        assertRefused(plan, "indices", message(new Support.Seeded(DIMENSION, 2, SplitMix64.derive(common, 0)), 1, 1));
        assertRefused(plan, "indices", message(new Support.Seeded(DIMENSION, 2, SplitMix64.derive(5, 0)), 1, 1));
    }

    /** The coordinator adds the noise, which is enough for messages within the bound. */
    @Test
    void aMessageWithoutNoiseIsNoLongerThanTheBound() {
        ValidatedPlan plan = plan("gd-norm", "identity", "\"by\": \"coordinator\", \"bound\": 8");
        PrivacyRules.check(message(ALL, 0, 0, 0, 0, 0, -8), plan, ROUND);
        ProblemException longer = refusal(plan, message(ALL, 8, 0x1.0p-10, 0, 0, 0, 0));
        assertThat(longer.members().get("field")).isEqualTo("values");
        assertThat(longer.detail()).contains("privacy.bound of 8.0", "add no noise");
        assertRefused(plan, "values[1]", message(ALL, 0, 1000, 0, 0, 0, 0));
    }
}

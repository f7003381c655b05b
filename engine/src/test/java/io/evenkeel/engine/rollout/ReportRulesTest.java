package io.evenkeel.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.problem.ProblemException;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A roll-out of version 2 instead of version 1, and reports as JSON. */
class ReportRulesTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private static final DeviceReport ASKED = report("{'outcome': 'asked'}");
    private static final DeviceReport RELAY = report(
            "{'outcome': 'asked', 'site': {'devices': {'asked': 0, 'installed': 0, 'failed': 0}, 'differences': {}}}");
    private static final DeviceReport GOOD =
            report("{'outcome': 'installed', 'samples': 3, 'values': {'f1': {'before': 0.5, 'after': 0.25}}}");

    private final Rollout running = Rollout.create(
                    "r",
                    1,
                    JsonMapper.shared()
                            .readValue(
                                    "{\"model\": \"m\", \"version\": 2, \"alias\": \"a\", \"groups\": [{\"share\":"
                                            + " 1}]}",
                                    RolloutDefinition.class),
                    "ada",
                    Instant.EPOCH)
            .rollout();
    private final Rollout stopped = running.stop("ada", null, Instant.EPOCH).rollout();

    private static DeviceReport report(String json) {
        DeviceReport read = JSON.readValue(json.replace('\'', '"'), DeviceReport.class);
        return read.values() == null
                ? new DeviceReport(read.outcome(), read.reason(), read.samples(), new TreeMap<>(), read.site())
                : read;
    }

    private static String decided(
            Rollout rollout,
            @Nullable DeviceReport known,
            int version,
            @Nullable Integer baseline,
            DeviceReport report) {
        try {
            return ReportRules.isNew(rollout, Optional.ofNullable(known), version, baseline, report)
                    ? "stored"
                    : "repeated";
        } catch (ProblemException e) {
            return e.problem().slug() + ": " + e.detail();
        }
    }

    @Test
    void acceptsNewReportsAndRepetitionsEvenAfterTheEnd() {
        assertThat(decided(running, ASKED, 2, 1, GOOD)).isEqualTo("stored");
        assertThat(decided(running, GOOD, 2, 1, GOOD)).isEqualTo("repeated");
        assertThat(decided(stopped, GOOD, 2, 1, GOOD)).isEqualTo("repeated");
        assertThat(decided(stopped, ASKED, 2, 1, GOOD))
                .isEqualTo("rollout-state: roll-out r is stopped: it accepts no more reports");
        assertThat(decided(running, null, 2, 1, GOOD)).startsWith("forbidden");
    }

    @Test
    void refusesOtherVersionsAndTheOtherKindOfClient() {
        assertThat(decided(running, ASKED, 1, 1, GOOD))
                .isEqualTo("invalid: version: is 1, expected 2, as the roll-out has it");
        assertThat(decided(running, ASKED, 2, 2, GOOD))
                .isEqualTo("invalid: baseline: is 2, expected 1, as the roll-out has it");
        assertThat(decided(running, RELAY, 2, 1, GOOD)).startsWith("invalid: site: is missing");
        assertThat(decided(running, ASKED, 2, 1, RELAY))
                .startsWith("invalid: site: is present, but the client got the version as a device");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "1 | 'values': {'f1': {'before': 0.5, 'after': 0.25}} -> samples: is missing, expected the number of"
                        + " samples on which the metrics were computed",
                "  | 'samples': 3, 'values': {'f1': {'before': 0.5, 'after': 0.25}} -> baseline: is missing, expected"
                        + " the version that the values 'before' belong to",
                "1 | 'samples': 3, 'values': {'f1': {'before': 0.5, 'after': 1e301}} -> metrics.f1.after: is"
                        + " '1.0E301', expected -1.0E300 to 1.0E300",
                "1 | 'samples': 3, 'site': {'devices': {'asked': 1}, 'differences': {}} -> site: is present together"
                        + " with samples or metrics, expected one or the other",
                "  | 'site': {'devices': {'asked': 1}, 'differences': {'f1': {'devices': 1}}} -> baseline: is missing,"
                        + " expected the version with which the site's differences compare",
                "1 | 'site': {'devices': {'asked': 3, 'installed': 3, 'failed': 1}, 'differences': {}} -> site.asked:"
                        + " is 3, but 3 installed it and 1 failed",
                "1 | 'site': {'devices': {'asked': 9, 'installed': 3}, 'differences': {'f1': {'devices': 4}}} ->"
                        + " site.metrics.f1.devices: is 4, expected at most site.installed, which is 3",
                "1 | 'site': {'devices': {'asked': 9, 'installed': 3}, 'differences': {'f1': {'devices': 2, 'squares':"
                        + " -1}}} -> site.metrics.f1.squares: is -1.0, expected 0 or more",
            },
            quoteCharacter = '`')
    void reportsWhatIsWrongWithAReport(String given, String fault) {
        String[] parts = given.split("\\|", -1);
        Integer baseline = parts[0].isBlank() ? null : Integer.valueOf(parts[0].strip());
        DeviceReport report = report("{'outcome': 'installed', " + parts[1] + "}");
        String said = "";
        try {
            ReportRules.check(baseline, report);
        } catch (ProblemException e) {
            said = e.detail();
        }
        assertThat(said).isEqualTo(fault);
    }
}

package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.evaluations}.
 *
 * @param poll how often evaluations that are over get their final statistics and events, default 2 s; 0 disables it for
 *     tests
 * @param retention how long the results of individual devices are kept after an evaluation's end, default 90 days
 */
@ConfigurationProperties("evenkeel.evaluations")
record EvaluationSettings(
        @DefaultValue("2s") Duration poll,
        @DefaultValue("90d") Duration retention) {

    EvaluationSettings {
        require("evaluations.poll", !poll.isNegative(), poll, "0 or more, such as 2s");
        require("evaluations.retention", !retention.isNegative(), retention, "0 or more, such as 90d");
    }
}

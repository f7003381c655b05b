package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.rollouts}.
 *
 * @param poll how often roll-outs are advanced by their rules, default 2 s; 0 disables it for tests
 * @param retention how long the rows of the devices of an ended roll-out are kept, default 90 days
 */
@ConfigurationProperties("evenkeel.rollouts")
record RolloutSettings(
        @DefaultValue("2s") Duration poll,
        @DefaultValue("90d") Duration retention) {

    RolloutSettings {
        require("rollouts.poll", !poll.isNegative(), poll, "0 or more, such as 2s");
        require("rollouts.retention", !retention.isNegative(), retention, "0 or more, such as 90d");
    }
}

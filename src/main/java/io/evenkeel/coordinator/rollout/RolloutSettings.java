package io.evenkeel.coordinator.rollout;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.rollouts}.
 *
 * @param poll how often roll-outs are moved by their rules, default 2 s; 0 for never, which leaves it to tests
 */
@ConfigurationProperties("evenkeel.rollouts")
record RolloutSettings(@DefaultValue("2s") Duration poll) {

    RolloutSettings {
        if (poll.isNegative()) {
            throw new IllegalArgumentException(
                    "evenkeel.rollouts.poll is " + poll + ", expected 0 or more, such as 2s");
        }
    }
}

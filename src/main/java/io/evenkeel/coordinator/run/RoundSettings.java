package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import io.evenkeel.core.heap.HeapBudget;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.rounds}.
 *
 * @param tick how often deadlines are checked, default 200 ms; 0 disables it for tests
 * @param checkpointEvery the number of rounds between two checkpoints, which a restart must repeat, default 50
 * @param waitingDevices the maximum number of devices that wait for work at the same time, default 10,000; fewer if
 *     they would take more than half of the heap, or a quarter if this is not set
 */
@ConfigurationProperties("evenkeel.rounds")
public record RoundSettings(
        @DefaultValue("200ms") Duration tick,
        @DefaultValue("50") int checkpointEvery,

        @DefaultValue("" + HeapBudget.DEFAULT_WAITING_DEVICES)
        int waitingDevices) {

    public RoundSettings {
        require("rounds.tick", !tick.isNegative(), tick, "0 or more, such as 200ms");
        require("rounds.checkpoint-every", checkpointEvery >= 1, checkpointEvery, "1 or more");
        require("rounds.waiting-devices", waitingDevices >= 0, waitingDevices, "0 or more");
    }
}

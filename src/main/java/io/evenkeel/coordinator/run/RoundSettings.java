package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import io.evenkeel.core.heap.HeapBudget;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.rounds}.
 *
 * @param tick how often deadlines are looked at, default 200 ms; 0 for never, which leaves it to tests
 * @param checkpointEvery how many rounds lie between two checkpoints, default 50: what a restart has to go through again
 * @param waitingDevices how many devices may wait for work at the same time, default 10,000; fewer if they would take more
 *     than a quarter of the heap
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

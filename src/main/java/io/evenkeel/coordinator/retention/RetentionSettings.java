package io.evenkeel.coordinator.retention;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import io.evenkeel.engine.retention.RetentionRules;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.retention}: the part of a run's history that is kept. docs/storage.md explains them.
 *
 * @param every interval of the background work, default 10 s; 0 disables it, which keeps everything
 * @param compactionMessages minimum number of a member's messages since the last compaction for the next one, default
 *     16
 * @param compactionBytesPerParameter minimum of these messages' bytes per parameter, default 8, the size of the
 *     member's vector
 * @param checkpoints number of newest checkpoints kept, at least 1, default 3; models from the oldest of them on can be
 *     read
 * @param modelsEvery checkpoints of every round that is a multiple of this are kept forever, at least 1, default 500
 * @param updates minimum number of rounds for which updates are kept, default 200; a device's replica may be that old
 * @param receipts number of newest rounds whose receipts are all kept, default 200; of older rounds, only the receipts
 *     that devices may need
 */
@ConfigurationProperties("evenkeel.retention")
record RetentionSettings(
        @DefaultValue("10s") Duration every,
        @DefaultValue("16") int compactionMessages,
        @DefaultValue("8") double compactionBytesPerParameter,
        @DefaultValue("3") int checkpoints,
        @DefaultValue("500") int modelsEvery,
        @DefaultValue("200") int updates,
        @DefaultValue("200") int receipts) {

    RetentionSettings {
        require("retention.every", !every.isNegative(), every, "0 or more, such as 10s");
        require("retention.compaction-messages", compactionMessages >= 1, compactionMessages, "1 or more");
        require(
                "retention.compaction-bytes-per-parameter",
                compactionBytesPerParameter >= 0 && Double.isFinite(compactionBytesPerParameter),
                compactionBytesPerParameter,
                "0 or more");
        require("retention.checkpoints", checkpoints >= 1, checkpoints, "1 or more");
        require("retention.models-every", modelsEvery >= 1, modelsEvery, "1 or more");
        require("retention.updates", updates >= 0, updates, "0 or more");
        require("retention.receipts", receipts >= 0, receipts, "0 or more");
    }

    RetentionRules rules() {
        return new RetentionRules(checkpoints, modelsEvery, updates, receipts);
    }
}

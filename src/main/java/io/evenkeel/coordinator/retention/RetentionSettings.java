package io.evenkeel.coordinator.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.retention}: what of a run's past is kept. docs/storage.md says what follows from them.
 *
 * @param every how often runs are looked at, default 30 s; 0 for never, which keeps everything
 * @param foldMessages how many messages a member has sent at least since the last folding, before those of closed rounds are folded into its
 *     vector, default 16
 * @param foldBytesPerParameter how many bytes a parameter they have at least, default 8, which is what the vector takes
 * @param checkpoints how many of the newest checkpoints are kept, at least 1, default 3: models since the oldest of them are kept
 * @param modelsEvery checkpoints of rounds that are a multiple of this are kept for ever, at least 1, default 500
 * @param updates for how many rounds updates are kept at least, default 200: how far a device's replica may be behind
 */
@ConfigurationProperties("evenkeel.retention")
record RetentionSettings(
        @DefaultValue("30s") Duration every,
        @DefaultValue("16") int foldMessages,
        @DefaultValue("8") double foldBytesPerParameter,
        @DefaultValue("3") int checkpoints,
        @DefaultValue("500") int modelsEvery,
        @DefaultValue("200") int updates) {

    RetentionSettings {
        require("every", !every.isNegative(), every, "0 or more, such as 30s");
        require("fold-messages", foldMessages >= 1, foldMessages, "1 or more");
        require(
                "fold-bytes-per-parameter",
                foldBytesPerParameter >= 0 && Double.isFinite(foldBytesPerParameter),
                foldBytesPerParameter,
                "0 or more");
        require("checkpoints", checkpoints >= 1, checkpoints, "1 or more");
        require("models-every", modelsEvery >= 1, modelsEvery, "1 or more");
        require("updates", updates >= 0, updates, "0 or more");
    }

    private static void require(String name, boolean holds, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "evenkeel.retention." + name + " is " + value + ", expected " + expected);
        }
    }
}

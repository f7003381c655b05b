package io.evenkeel.coordinator.deletion;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.retention.delete-after}: how long ended objects are kept; 0 for no deletion, which is
 * the default of all. The shortest is a day.
 *
 * @param runs how long after they finished, failed or were cancelled runs are deleted
 * @param evaluations how long after their end evaluations are deleted
 * @param revokedDevices how long after they were revoked devices are deleted; of those that took part in a run the id stays
 * @param spentTokens how long after they were used up, expired or revoked enrolment tokens are deleted
 */
@ConfigurationProperties("evenkeel.retention.delete-after")
record DeletionSettings(
        @DefaultValue("0") Duration runs,
        @DefaultValue("0") Duration evaluations,
        @DefaultValue("0") Duration revokedDevices,
        @DefaultValue("0") Duration spentTokens) {

    private static final Duration MIN_AGE = Duration.ofDays(1);

    DeletionSettings {
        requireDays("runs", runs);
        requireDays("evaluations", evaluations);
        requireDays("revoked-devices", revokedDevices);
        requireDays("spent-tokens", spentTokens);
    }

    /** A number without a unit would mean milliseconds, which is not useful here. */
    private static void requireDays(String name, Duration value) {
        require(
                "retention.delete-after." + name,
                value.isZero() || value.compareTo(MIN_AGE) >= 0,
                value,
                "0 for never, or at least 1d, such as 90d");
    }

    /** Returns whether nothing is deleted because of its age. */
    boolean isOff() {
        return runs.plus(evaluations).plus(revokedDevices).plus(spentTokens).isZero();
    }
}

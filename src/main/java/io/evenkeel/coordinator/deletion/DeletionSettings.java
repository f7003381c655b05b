package io.evenkeel.coordinator.deletion;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.retention.delete-after}: the time after which runs and evaluations that have
 * ended, revoked devices, and spent enrolment tokens are deleted. The default of each setting is 0, which
 * means never; the minimum is a day.
 *
 * @param runs the time after which runs that have finished, failed or been cancelled are deleted
 * @param evaluations the time after which evaluations that have ended are deleted
 * @param revokedDevices the time after which revoked devices are deleted; the id of a device that took part in a run
 *     stays
 * @param spentTokens the time after which enrolment tokens that were used up, have expired or were revoked are deleted
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

    /** Returns whether deletion by age is off for all kinds of objects. */
    boolean isOff() {
        return runs.plus(evaluations).plus(revokedDevices).plus(spentTokens).isZero();
    }
}

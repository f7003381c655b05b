package io.evenkeel.coordinator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.platform.storage.DatabaseStatus.Disk;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstallationOverviewTest {

    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

    @Test
    void aDiskIsNearlyFullBelowATenth() {
        assertThat(InstallationOverview.isLow(new Disk(99, 1000))).isTrue();
        assertThat(InstallationOverview.isLow(new Disk(100, 1000))).isFalse();
        assertThat(InstallationOverview.isLow(new Disk(0, 0))).isFalse();
    }

    @Test
    void namesEachAlertThatFires() {
        FiringAlerts alerts = new FiringAlerts(
                NOW,
                null,
                List.of(
                        new FiringAlerts.Alert("EvenkeelDown", "critical", null, "it is down", NOW),
                        new FiringAlerts.Alert("EvenkeelSlow", "warning", "digits", null, null)));

        assertThat(InstallationOverview.alerts(alerts))
                .extracting(WaitingItem::code, WaitingItem::critical, WaitingItem::name, WaitingItem::message)
                .containsExactly(
                        tuple(WaitingCode.ALERT, true, "EvenkeelDown", "it is down"),
                        tuple(WaitingCode.ALERT, false, "EvenkeelSlow", "EvenkeelSlow"));
    }

    @Test
    void reportsThatAlertsAreUnknownRatherThanNone() {
        assertThat(InstallationOverview.alerts(
                        new FiringAlerts(NOW, "Prometheus does not report alerts: it did not respond", List.of())))
                .extracting(WaitingItem::code, WaitingItem::message)
                .containsExactly(
                        tuple(WaitingCode.ALERTS_UNKNOWN, "Prometheus does not report alerts: it did not respond"));
    }
}

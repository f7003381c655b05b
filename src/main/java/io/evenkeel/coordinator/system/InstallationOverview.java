package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.overview.OverviewSource;
import io.evenkeel.coordinator.overview.WaitingCode;
import io.evenkeel.coordinator.overview.WaitingItem;
import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.coordinator.platform.storage.DatabaseStatus;
import io.evenkeel.engine.permission.RunPatterns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Reports problems of the installation: its health, disk, replicas and alerts. Thread-safe. */
@Component
class InstallationOverview implements OverviewSource {

    private static final String COMMAND = "evenkeel system";

    /** The fraction of free disk space below which an operator should act. */
    private static final double LOW = 0.1;

    /** The maximum length of a component's error; its health shows the full text. */
    private static final int MAX_ERROR = 400;

    private final HealthEndpoint health;
    private final DatabaseStatus database;
    private final DurabilityHealthIndicator durability;
    private final ReplicaHeartbeat replicas;
    private final PrometheusClient prometheus;

    InstallationOverview(
            HealthEndpoint health,
            DatabaseStatus database,
            DurabilityHealthIndicator durability,
            ReplicaHeartbeat replicas,
            PrometheusClient prometheus) {
        this.health = health;
        this.database = database;
        this.durability = durability;
        this.replicas = replicas;
        this.prometheus = prometheus;
    }

    @Override
    public List<WaitingItem> waiting(RunPatterns readers, Instant now) {
        if (!readers.areAll()) {
            return List.of();
        }
        List<WaitingItem> items = new ArrayList<>();
        if (health.health() instanceof CompositeHealthDescriptor all) {
            Map<String, HealthDescriptor> parts = all.getComponents();
            items.addAll(unhealthy(parts == null ? Map.of() : parts));
        }
        DatabaseStatus.Disk disk = database.disk();
        if (disk != null && isLow(disk)) {
            items.add(item(WaitingCode.DISK_LOW, true, "disk", null, freeText(disk)));
        }
        durability.warnings().stream()
                .map(warning -> item(WaitingCode.STORAGE_UNSAFE, false, "database", null, warning))
                .forEach(items::add);
        replicas.replicas().stream()
                .filter(replica -> !replica.alive())
                .map(replica -> item(
                        WaitingCode.REPLICA_SILENT,
                        false,
                        replica.name(),
                        replica.seenAt(),
                        "it has stopped sending heartbeats"))
                .forEach(items::add);
        prometheus.firing().ifPresent(alerts -> items.addAll(alerts(alerts)));
        return items;
    }

    static List<WaitingItem> unhealthy(Map<String, ? extends HealthDescriptor> parts) {
        return parts.entrySet().stream()
                .filter(part -> isDown(part.getValue().getStatus()))
                .map(part -> item(
                        WaitingCode.UNHEALTHY,
                        true,
                        part.getKey(),
                        null,
                        "its health is " + part.getValue().getStatus() + error(part.getValue())))
                .toList();
    }

    private static boolean isDown(Status status) {
        return status.equals(Status.DOWN) || status.equals(Status.OUT_OF_SERVICE);
    }

    private static String error(HealthDescriptor part) {
        Map<String, Object> details =
                part instanceof IndicatedHealthDescriptor indicated ? indicated.getDetails() : null;
        Object error = details == null ? null : details.get("error");
        if (error == null) {
            return "";
        }
        String text = error.toString();
        return ": " + (text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR) + "...");
    }

    static boolean isLow(DatabaseStatus.Disk disk) {
        return disk.freeBytes() < LOW * disk.totalBytes();
    }

    private static String freeText(DatabaseStatus.Disk disk) {
        return "of the database's disk " + Math.floorDiv(100 * disk.freeBytes(), Math.max(1, disk.totalBytes()))
                + " % is free, " + disk.freeBytes() / 1_000_000 + " MB";
    }

    static List<WaitingItem> alerts(FiringAlerts alerts) {
        String problem = alerts.problem();
        if (problem != null) {
            return List.of(item(WaitingCode.ALERTS_UNKNOWN, false, "Prometheus", alerts.askedAt(), problem));
        }
        return alerts.firing().stream()
                .map(alert -> item(
                        WaitingCode.ALERT,
                        "critical".equals(alert.severity()),
                        alert.name(),
                        alert.since(),
                        Objects.requireNonNullElse(alert.summary(), alert.name())))
                .toList();
    }

    private static WaitingItem item(
            WaitingCode code, boolean critical, String name, @Nullable Instant since, String message) {
        return new WaitingItem(code, critical, Subject.SYSTEM, name, since, message, COMMAND);
    }
}

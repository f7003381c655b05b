package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.rollout.rule.DeviceReport;
import io.evenkeel.coordinator.rollout.rule.RolloutCheck;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition;
import io.evenkeel.coordinator.rollout.rule.RolloutDevice;
import io.evenkeel.coordinator.rollout.rule.SiteReport;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Accepts devices' reports. A report is durable when its method returns. Thread-safe. */
@Component
class RolloutReports {

    private final RolloutTable rollouts;
    private final RolloutDeviceTable devices;
    private final RolloutChanges changes;
    private final DurableTransactions transactions;

    RolloutReports(
            RolloutTable rollouts,
            RolloutDeviceTable devices,
            RolloutChanges changes,
            DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.devices = devices;
        this.changes = changes;
        this.transactions = transactions;
    }

    /**
     * Records a device's report, replacing its last one. Repeating a report changes nothing, even when the roll-out is over.
     *
     * @param version the version that the device reports on
     * @param baseline the version it had before; null if it does not compare
     * @throws ProblemException {@code rollout-not-found}, {@code forbidden} if the roll-out has not given the device its version,
     *     {@code invalid} for another version, and if a relay reports as a device or a device as a relay, {@code rollout-state} if the
     *     roll-out is over
     */
    void record(String id, String client, int version, @Nullable Integer baseline, DeviceReport report) {
        transactions.write(() -> {
            // Under the lock, so that a report is either seen by the decision that ends the roll-out or refused.
            Rollout rollout = rollouts.lock(id);
            if (rollout.devicesDeletedAt() != null) {
                throw wrongState(rollout, "takes no more reports");
            }
            RolloutDevice device = given(id, client);
            Optional<SiteReport> site = devices.site(id, client);
            if (site.isPresent() != (report.site() != null)) {
                throw RolloutCheck.invalid(
                        "site",
                        site.isPresent()
                                ? "is missing, expected what the devices of this relay's site have reported"
                                : "is there, but the client got the version as a device: its attribute kind was not relay");
            }
            require("version", version, rollout.version());
            if (baseline != null) {
                require("baseline", baseline, rollout.baseline());
            }
            if (isKnown(rollout, device, report)) {
                return;
            }
            if (rollout.state().isOver()) {
                throw wrongState(rollout, "takes no more reports");
            }
            devices.report(id, client, report, changes.now());
        });
    }

    /**
     * The report that a device should send.
     *
     * @param state the roll-out's state
     * @param version the version that it gives to devices
     * @param baseline the version that devices had before
     * @param metrics the compared metrics
     */
    record Terms(RolloutState state, int version, int baseline, List<RolloutDefinition.Metric> metrics) {}

    /**
     * Returns the report that a device with the version should send.
     *
     * @throws ProblemException {@code rollout-not-found}, {@code forbidden} if the roll-out has not given the device its version
     */
    Terms terms(String id, String client) {
        return transactions.read(() -> {
            Rollout rollout = rollouts.get(id);
            given(id, client);
            return new Terms(
                    rollout.state(),
                    rollout.version(),
                    rollout.baseline(),
                    rollout.definition().metrics());
        });
    }

    private RolloutDevice given(String id, String client) {
        return devices.find(id, client)
                .orElseThrow(() -> ProblemKind.FORBIDDEN.because(
                        "roll-out " + id + " has not given this device a version",
                        "ask for the alias, and report only on the roll-out in Evenkeel-Rollout"));
    }

    private static void require(String field, int reported, int expected) {
        if (reported != expected) {
            throw RolloutCheck.invalid(field, "is " + reported + ", expected " + expected + ", as the roll-out has it");
        }
    }

    private boolean isKnown(Rollout rollout, RolloutDevice device, DeviceReport report) {
        return device.outcome() == report.outcome()
                && Objects.equals(device.reason(), report.reason())
                && Objects.equals(device.samples(), report.samples())
                && devices.values(rollout.id(), device.client()).equals(report.values())
                && Objects.equals(devices.site(rollout.id(), device.client()).orElse(null), report.site());
    }

    static ProblemException wrongState(Rollout rollout, String what) {
        return ProblemKind.ROLLOUT_STATE
                .because(
                        "roll-out " + rollout.id() + " is " + rollout.state().text() + ": it " + what,
                        "look at GET /api/v1/rollouts/" + rollout.id())
                .with("state", rollout.state().text());
    }
}

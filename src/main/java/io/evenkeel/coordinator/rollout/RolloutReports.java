package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.rollout.rule.RolloutCheck;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Takes devices' reports. A report is on disk when its method returns. Thread-safe. */
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
     * Records a device's report in place of its last one. The same report again changes nothing, even when the roll-out is over.
     *
     * @param version the version that the device reports on
     * @param baseline the version it had before; null if it compares with none
     * @throws ProblemException {@code rollout-not-found}, {@code forbidden} if the roll-out has not given the device its version,
     *     {@code invalid} for another version, {@code rollout-state} if the roll-out is over
     */
    void record(String id, String client, int version, @Nullable Integer baseline, DeviceReport report) {
        transactions.write(() -> {
            // Under the lock, so that a report is either seen by the decision that ends the roll-out or refused.
            Rollout rollout = rollouts.lock(id);
            if (rollout.devicesDeletedAt() != null) {
                throw wrongState(rollout, "takes no more reports");
            }
            RolloutDevice device = devices.find(id, client)
                    .orElseThrow(() -> ProblemKind.FORBIDDEN.because(
                            "roll-out " + id + " has not given this device a version",
                            "ask for the alias, and report only on the roll-out in Evenkeel-Rollout"));
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

    private static void require(String field, int reported, int expected) {
        if (reported != expected) {
            throw RolloutCheck.invalid(field, "is " + reported + ", expected " + expected + ", as the roll-out has it");
        }
    }

    private boolean isKnown(Rollout rollout, RolloutDevice device, DeviceReport report) {
        return device.outcome() == report.outcome()
                && Objects.equals(device.reason(), report.reason())
                && Objects.equals(device.samples(), report.samples())
                && devices.values(rollout.id(), device.client()).equals(report.values());
    }

    static ProblemException wrongState(Rollout rollout, String what) {
        return ProblemKind.ROLLOUT_STATE
                .because(
                        "roll-out " + rollout.id() + " is " + rollout.state().text() + ": it " + what,
                        "look at GET /api/v1/rollouts/" + rollout.id())
                .with("state", rollout.state().text());
    }
}

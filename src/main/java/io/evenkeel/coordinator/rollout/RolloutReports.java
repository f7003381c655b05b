package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.rollout.DeviceReport;
import io.evenkeel.engine.rollout.ReportRules;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutState;
import java.util.List;
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
     * Records a device's report, replacing the previous one. Repeating a report changes nothing, even when the roll-out
     * is over.
     *
     * @param version the version that the device reports on
     * @param baseline the version that the device had before; null if the report does not compare versions
     * @throws ProblemException {@code rollout-not-found}, {@code forbidden} if the roll-out has not given the device
     *     its version, {@code invalid} for another version, or if a relay reports as a device or a device as a relay,
     *     {@code rollout-state} if the roll-out is over
     */
    void record(String id, String client, int version, @Nullable Integer baseline, DeviceReport report) {
        transactions.write(() -> {
            // The lock ensures that the decision that ends the roll-out either includes this report, or comes first and
            // the report is rejected.
            Rollout rollout = rollouts.lock(id);
            Optional<DeviceReport> known = devices.reported(id, client);
            if (ReportRules.isNew(rollout, known, version, baseline, report)) {
                devices.report(id, client, report, changes.now());
            }
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
            if (devices.find(id, client).isEmpty()) {
                throw ReportRules.notGiven(id);
            }
            return new Terms(
                    rollout.state(),
                    rollout.version(),
                    rollout.baseline(),
                    rollout.definition().metrics());
        });
    }
}

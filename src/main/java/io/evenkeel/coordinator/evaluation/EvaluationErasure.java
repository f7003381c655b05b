package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.fleet.DeviceRows;
import io.evenkeel.coordinator.fleet.ErasedDevice;
import io.evenkeel.engine.evaluation.MetricStatistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Removes an erased device from the results of evaluations. In final statistics, removes groups for the
 * device's attribute values that have too few devices to show figures. Thread-safe.
 */
@Component
class EvaluationErasure implements DeviceRows {

    private final EvaluationTable table;
    private final EvaluationResults results;

    EvaluationErasure(EvaluationTable table, EvaluationResults results) {
        this.table = table;
        this.results = results;
    }

    @Override
    public void erase(ErasedDevice device) {
        for (long evaluation : table.groupedOrWithResultOf(device.id())) {
            // The rows with the device's values may already have been pruned.
            Map<String, String> values = new HashMap<>(device.visible().values());
            values.putAll(results.erase(evaluation, device.id(), device.pseudonym()));
            table.reported(evaluation).ifPresent(report -> {
                List<MetricStatistics> left =
                        report.stream().map(metric -> without(metric, values)).toList();
                if (!left.equals(report)) {
                    table.correct(evaluation, left);
                }
            });
        }
    }

    /**
     * Returns statistics without the small groups for the given values, since such groups would reveal the
     * devices in them.
     */
    static MetricStatistics without(MetricStatistics metric, Map<String, String> values) {
        Map<String, List<MetricStatistics.Group>> groups = new LinkedHashMap<>();
        metric.groups()
                .forEach((attribute, found) -> groups.put(
                        attribute,
                        found.stream()
                                .filter(group -> !group.tooFew()
                                        || group.value() == null
                                        || !group.value().equals(values.get(attribute)))
                                .toList()));
        return new MetricStatistics(
                metric.name(),
                metric.goal(),
                metric.devices(),
                metric.samples(),
                metric.weightedMean(),
                metric.mean(),
                metric.deciles(),
                groups,
                metric.worst());
    }
}

package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.problem.ReasonText;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.DeviceReport;
import io.evenkeel.engine.rollout.ReportRules;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.SiteReport;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts devices' reports on a roll-out over HTTP. */
@Tag(name = "Roll-outs")
@RestController
class RolloutReportController {

    /** The maximum number of samples in a report. */
    private static final long MAX_SAMPLES = 1L << 53;

    private final RolloutReports reports;

    RolloutReportController(RolloutReports reports) {
        this.reports = reports;
    }

    @Operation(
            summary = "Report on the version of a roll-out",
            description =
                    "A device reports that it runs the version, or that it failed, with metrics of both versions on"
                            + " the same data. It replaces the device's last report; repeating a report changes nothing. A"
                            + " device that reported a failure gets the previous version.")
    @PutMapping(path = "/api/v1/rollouts/{rollout}/reports/me", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL * 2)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reportRollout(
            @PathVariable String rollout,
            @Valid @RequestBody Report report,
            @AuthenticationPrincipal Caller.Device device) {
        reports.record(rollout, device.client(), report.version(), report.baseline(), report.checked());
    }

    @Operation(
            summary = "Get the metrics to report on a roll-out",
            description =
                    "The state of the roll-out that gave this device a version, and the metrics that it compares. For"
                            + " a relay, on behalf of the devices of its site.")
    @GetMapping(path = "/api/v1/rollouts/{rollout}/reports/me", produces = MediaType.APPLICATION_JSON_VALUE)
    RolloutReports.Terms getRolloutTerms(@PathVariable String rollout, @AuthenticationPrincipal Caller.Device device) {
        return reports.terms(rollout, device.client());
    }

    /**
     * A report.
     *
     * @param version the version that the roll-out gave the device
     * @param outcome installed or failed
     * @param reason why it failed
     * @param baseline the version it had before; required for comparing metrics
     * @param samples the number of samples on which the metrics were computed; required with metrics
     * @param metrics the metrics, by name
     * @param site for a relay, instead of samples and metrics: the combined reports of its site's devices
     */
    @Schema(name = "RolloutReport")
    record Report(
            @NotNull(message = "is missing, expected the version's number")
            Integer version,

            @NotNull(message = "is missing, expected installed or failed")
            @Pattern(regexp = "installed|failed", message = "must be installed or failed")
            String outcome,

            @Size(max = ReasonText.MAX) @DisplayName @Nullable
            String reason,

            @Nullable Integer baseline,
            @Min(0) @Max(MAX_SAMPLES) @Nullable Long samples,

            @Size(max = 32) @Nullable
            Map<
                            @Pattern(regexp = RolloutDefinition.Metric.NAME, message = RolloutDefinition.Metric.NAMES)
                            String,
                            @NotNull @Valid Values>
                    metrics,

            @Valid @Nullable Site site) {

        DeviceReport checked() {
            TreeMap<String, DeviceReport.Values> values = new TreeMap<>();
            if (metrics != null) {
                metrics.forEach(
                        (name, metric) -> values.put(name, new DeviceReport.Values(metric.before(), metric.after())));
            }
            DeviceReport report = new DeviceReport(
                    DeviceOutcome.valueOf(outcome.toUpperCase(Locale.ROOT)),
                    reason,
                    samples,
                    values,
                    site == null ? null : site.report());
            ReportRules.check(baseline, report);
            return report;
        }
    }

    /**
     * A metric of both versions on the same data.
     *
     * @param before the metric of the previous version; absent if the device did not have it
     * @param after the metric of the new version
     */
    @Schema(name = "RolloutReportValues")
    record Values(
            @Nullable Double before,

            @NotNull(message = "is missing, expected a number")
            Double after) {}

    /**
     * The combined outcomes of the devices behind a relay.
     *
     * @param asked devices that got the version
     * @param installed of these, devices that reported it as installed
     * @param failed of these, devices that reported a failure
     * @param metrics the differences of each metric, by name
     */
    @Schema(name = "RolloutReportSite")
    record Site(
            @Min(0) @Max(RelayedDevices.MAX) int asked,
            @Min(0) int installed,
            @Min(0) int failed,

            @Size(max = 32)
            Map<
                            @Pattern(regexp = RolloutDefinition.Metric.NAME, message = RolloutDefinition.Metric.NAMES)
                            String,
                            @NotNull @Valid Differences>
                    metrics) {

        Site {
            metrics = Objects.requireNonNullElse(metrics, Map.of());
        }

        private SiteReport report() {
            TreeMap<String, SiteReport.Differences> differences = new TreeMap<>();
            metrics.forEach((name, metric) -> differences.put(
                    name, new SiteReport.Differences(metric.devices(), metric.mean(), metric.squares())));
            return new SiteReport(new DeviceCounts(asked, installed, failed), differences);
        }
    }

    /**
     * Differences of a metric, new minus before, of several devices.
     *
     * @param devices the number of devices that have reported it for both versions, on enough samples
     * @param mean the mean of their differences
     * @param squares the sum of the squared deviations from the mean
     */
    @Schema(name = "RolloutReportDifferences")
    record Differences(@Min(1) int devices, double mean, double squares) {}
}

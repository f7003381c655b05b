package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.coordinator.platform.problem.ExpectedValue;
import io.evenkeel.coordinator.rollout.rule.DeviceOutcome;
import io.evenkeel.coordinator.rollout.rule.RolloutCheck;
import io.evenkeel.coordinator.rollout.rule.RolloutRequest;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes devices' reports on a roll-out over HTTP. */
@Tag(name = "Roll-outs")
@RestController
class RolloutReportController {

    /** The largest magnitude of a metric, so that no difference overflows. */
    private static final double LARGEST = 1e300;

    private static final long MAX_SAMPLES = 1L << 53;

    private final RolloutReports reports;

    RolloutReportController(RolloutReports reports) {
        this.reports = reports;
    }

    @Operation(
            summary = "Report on the version of a roll-out",
            description =
                    "A device reports that it runs the version, or that it failed, with metrics of both versions on the same"
                            + " data. It replaces the device's last report; the same one again changes nothing. A device that reported"
                            + " a failure gets the version before.")
    @PutMapping(path = "/api/v1/rollouts/{rollout}/reports/me", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL * 2)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void report(
            @PathVariable String rollout,
            @Valid @RequestBody Report report,
            @AuthenticationPrincipal Caller.Device device) {
        reports.record(rollout, device.client(), report.version(), report.baseline(), report.checked());
    }

    /**
     * A report.
     *
     * @param version the version that the roll-out gave the device
     * @param outcome installed or failed
     * @param reason why it failed
     * @param baseline the version it had before; needed for metrics of it
     * @param samples on how many samples the metrics were computed; needed with metrics
     * @param metrics by name
     */
    @Schema(name = "RolloutReport")
    record Report(
            @NotNull(message = "is missing, expected the version's number")
            Integer version,

            @NotNull(message = "is missing, expected installed or failed")
            @Pattern(regexp = "installed|failed", message = "must be installed or failed")
            String outcome,

            @Size(max = 500) @DisplayName @Nullable String reason,
            @Nullable Integer baseline,
            @Min(0) @Max(MAX_SAMPLES) @Nullable Long samples,

            @Size(max = 32) @Nullable
            Map<
                            @Pattern(regexp = RolloutRequest.Metric.NAME, message = RolloutRequest.Metric.NAMES) String,
                            @NotNull @Valid Values>
                    metrics) {

        DeviceReport checked() {
            TreeMap<String, DeviceReport.Values> values = new TreeMap<>();
            if (metrics != null) {
                metrics.forEach((name, metric) -> values.put(name, metric.checked("metrics." + name)));
            }
            if (!values.isEmpty() && samples == null) {
                throw RolloutCheck.invalid(
                        "samples", "is missing, expected on how many samples the metrics were computed");
            }
            if (baseline == null && values.values().stream().anyMatch(metric -> metric.before() != null)) {
                throw RolloutCheck.invalid("baseline", "is missing, expected the version that 'before' is of");
            }
            return new DeviceReport(DeviceOutcome.valueOf(outcome.toUpperCase(Locale.ROOT)), reason, samples, values);
        }
    }

    /**
     * A metric of both versions on the same data.
     *
     * @param before of the version before; left out if the device did not have it
     * @param after of the new version
     */
    @Schema(name = "RolloutReportValues")
    record Values(
            @Nullable Double before,

            @NotNull(message = "is missing, expected a number")
            Double after) {

        private DeviceReport.Values checked(String field) {
            return new DeviceReport.Values(
                    before == null ? null : finite(field + ".before", before), finite(field + ".after", after));
        }

        private static double finite(String field, double value) {
            if (!(Math.abs(value) <= LARGEST)) {
                throw RolloutCheck.invalid(
                        field, "is " + ExpectedValue.echo(value) + ", expected -" + LARGEST + " to " + LARGEST);
            }
            return value;
        }
    }
}

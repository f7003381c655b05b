package io.evenkeel.coordinator.round.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.core.smoothness.Envelope;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The smoothness of a run's loss, estimated from the ratios that its devices report. All fields after {@code points}
 * are absent below 20 rounds with ratios.
 */
@Schema(name = "Smoothness")
@JsonInclude(JsonInclude.Include.NON_NULL)
record SmoothnessEstimate(
        @Schema(description = "the run's name") String run,

        @Schema(
                description =
                        "the number of rounds with reported ratios, of which the last 500 are used; at least 20 are"
                                + " needed")
        int points,

        @Schema(description = "the first round used") @Nullable
        Integer fromRound,

        @Schema(description = "the last round used") @Nullable
        Integer toRound,

        @Schema(description = "L0, the smoothness constant where the gradient is zero") @Nullable
        Double l0,

        @Schema(description = "lower end of its 95% interval") @Nullable
        Double l0Low,

        @Schema(description = "upper end") @Nullable Double l0High,

        @Schema(description = "L1, the increase of the smoothness constant per unit of the gradient's norm") @Nullable
        Double l1,

        @Schema(description = "lower end of its 95% interval") @Nullable
        Double l1Low,

        @Schema(description = "upper end") @Nullable Double l1High,

        @Schema(description = "L of ordinary smoothness, from the same ratios") @Nullable
        Double plain,

        @Schema(description = "the share by which L0 + L1 ||grad f|| improves the fit of L, 0 to 1") @Nullable
        Double gain,

        @Schema(description = "whether L1's interval lies above 0 and L1 improves the fit by a tenth or more") @Nullable
        Boolean betterThanPlain) {

    static SmoothnessEstimate none(String run, int points) {
        return new SmoothnessEstimate(run, points, null, null, null, null, null, null, null, null, null, null, null);
    }

    static SmoothnessEstimate of(String run, int from, int to, Envelope.Fit fit) {
        return new SmoothnessEstimate(
                run,
                fit.points(),
                from,
                to,
                fit.l0(),
                fit.l0Low(),
                fit.l0High(),
                fit.l1(),
                fit.l1Low(),
                fit.l1High(),
                fit.plain(),
                fit.gain(),
                fit.isBetterThanPlain());
    }
}

package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.engine.definition.StopCondition.Closing;
import io.evenkeel.engine.definition.StopCondition.Figures;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The condition that pauses a run when its loss is too large according to {@link LossTrend} or above the operator's
 * limit; or {@code off}.
 *
 * @param loss a limit that replaces {@code factor}
 * @param factor the multiple of the best loss that is too large, above 1, default 2
 * @param rounds number of consecutive rounds with a larger loss; default 10, or 1 with {@code loss}
 */
@Schema(description = "off, or an object with loss or factor, and rounds")
public record Divergence(
        @Nullable Double loss,
        @Nullable Double factor,
        @Min(1) @Max(1_000_000) @Nullable Integer rounds) {

    /** The run never pauses because of its loss. */
    public static final Divergence OFF = new Divergence(null, Double.POSITIVE_INFINITY, null);

    private static final String OFF_TEXT = "off";
    private static final double DEFAULT_FACTOR = 2;
    private static final int DEFAULT_ROUNDS = 10;

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public Divergence {}

    /** Parses the text form, {@code off}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Divergence parse(String text) {
        if (!text.equals(OFF_TEXT)) {
            throw new IllegalArgumentException(
                    "it is '" + text + "', expected off, or an object such as {\"factor\": 2, \"rounds\": 10}");
        }
        return OFF;
    }

    @JsonValue
    Object json() {
        if (equals(OFF)) {
            return OFF_TEXT;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        if (loss != null) {
            fields.put("loss", loss);
        }
        if (factor != null) {
            fields.put("factor", factor);
        }
        if (rounds != null) {
            fields.put("rounds", rounds);
        }
        return fields;
    }

    static @Nullable Divergence resolved(
            @Nullable Divergence asked, FieldErrors errors, boolean hasLosses, int longestAbsence) {
        if ((asked == null && !hasLosses) || OFF.equals(asked)) {
            return asked;
        }
        Divergence given = asked == null ? new Divergence(null, null, null) : asked;
        Double loss = given.loss;
        errors.require(
                loss == null || given.factor == null,
                "stop.divergence",
                () -> "has loss and factor, expected one of them: set the other to none");
        errors.require(
                loss == null || Double.isFinite(loss),
                "stop.divergence.loss",
                () -> "is " + loss + ", expected a finite number, or none for a factor of the best loss");
        double factor = given.factor == null ? DEFAULT_FACTOR : given.factor;
        errors.require(
                factor > 1 && Double.isFinite(factor),
                "stop.divergence.factor",
                () -> "is " + factor + ", expected a finite number above 1; divergence: off never pauses the run");
        int rounds = given.rounds != null ? given.rounds : loss != null ? 1 : DEFAULT_ROUNDS + longestAbsence;
        errors.requireInteger("stop.divergence.rounds", rounds);
        return new Divergence(loss, loss == null ? (Double) factor : null, rounds);
    }

    /** Returns the loss above which a round counts as diverged. */
    double limit(LossTrend trend) {
        return loss == null ? trend.limit(Objects.requireNonNull(factor)) : loss;
    }

    StopCondition condition() {
        return new StopCondition(
                StopReason.DIVERGENCE,
                "stop.divergence",
                Figures.LOSS,
                closing -> rounds == null || closing.progress().divergedRounds() < rounds
                        ? null
                        : lastRounds(closing) + "; check gamma and the new members, then resume or cancel the run");
    }

    /** Describes the divergence of the last rounds. */
    static String lastRounds(Closing closing) {
        Double last = closing.round().loss();
        LossTrend trend = closing.trend();
        return "the loss was over " + rounded(closing.limit()) + " for "
                + StopCondition.rounds(closing.progress().divergedRounds())
                + (last == null ? "" : ", last " + rounded(last))
                + (trend.bestRound() < 0
                        ? ""
                        : "; the best mean was " + rounded(trend.best()) + ", of round " + trend.bestRound()
                                + ", whose model is kept: 'evenkeel models publish MODEL --run RUN --round best'"
                                + " registers it");
    }

    private static double rounded(double value) {
        return BigDecimal.valueOf(value).round(new MathContext(4)).doubleValue();
    }
}

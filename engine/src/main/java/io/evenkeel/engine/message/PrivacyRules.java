package io.evenkeel.engine.message;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.definition.PrivacyTerms;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.jspecify.annotations.Nullable;

/**
 * Refuses messages of a private run that contain more than the mechanism may release: unprotected figures, coordinates
 * that the plan's seed did not choose, and values off the noise's grid. The noise of devices cannot be checked. If the
 * coordinator adds the noise, the norm is checked, because the guarantee depends on it.
 */
public final class PrivacyRules {

    private static final Report NOTHING = Report.of(1);

    private PrivacyRules() {}

    /**
     * Checks a message; in a run without privacy every message passes.
     *
     * @throws ProblemException {@code invalid}, naming the field
     */
    public static void check(Message message, ValidatedPlan plan, int round) {
        PrivacyTerms privacy = plan.privacy();
        if (privacy != null) {
            requireNothingReported(message.report());
            requireSupport(message.delta(), plan, round);
            NoiseGrid grid = privacy.grid(plan.compressor().spec());
            requireGrid(message.delta(), grid, plan);
            requireBound(message.delta(), grid, privacy);
        }
    }

    /**
     * Returns the refusal of a message that exceeds its sender's budget; null if it is within the budget.
     *
     * @param elsewhere the sender's spending in other runs that share the data set
     */
    public static @Nullable ProblemException refusalOf(
            long sequence, String client, ValidatedPlan plan, PrivacyCost elsewhere) {
        PrivacyTerms privacy = plan.privacy();
        if (privacy != null
                && elsewhere.rho() > 0
                && !privacy.allows(elsewhere.plus(privacy.cost().times(sequence)))) {
            return ProblemKind.PLAN_EXCEEDED
                    .because(
                            "client " + client
                                    + " has spent all that privacy.budget allows a device, in this run and in"
                                    + " others that share the data set '" + privacy.dataset() + "'",
                            "send nothing more in runs on this data set")
                    .with("field", "sequence");
        }
        if (sequence <= plan.maxMessages()) {
            return null;
        }
        return ProblemKind.PLAN_EXCEEDED
                .because(
                        "client " + client + " has sent " + plan.maxMessages()
                                + " messages, all that privacy.budget allows a device",
                        "send nothing more in this run")
                .with("field", "sequence");
    }

    private static void requireNothingReported(Report report) {
        if (!report.equals(NOTHING)) {
            String field = report.samples() != 1
                    ? "samples"
                    : report.loss().isPresent()
                            ? "loss"
                            : report.gradientNorm().isPresent()
                                    ? "gradientNorm"
                                    : report.smoothness().isPresent() ? "smoothness" : "metrics";
            throw invalid(
                    field,
                    "is reported, which would reveal information about the data: with privacy a message reports 1"
                            + " sample and nothing else");
        }
    }

    private static void requireSupport(CompressedVector delta, ValidatedPlan plan, int round) {
        Support support = delta.support();
        if (plan.compressor().spec().selection() instanceof Selection.Identity) {
            if (!(support instanceof Support.All)) {
                throw invalid("indices", "choose coordinates, expected a value for each");
            }
            return;
        }
        long seed = SplitMix64.derive(plan.seed(), round);
        boolean drawn = support instanceof Support.Seeded seeded
                && seeded.seed() == seed
                && seeded.count() == plan.compressor().maxCount();
        if (!drawn) {
            throw invalid(
                    "indices",
                    "are not those of the round, expected " + plan.compressor().maxCount()
                            + " drawn from the seed derive(plan's seed, round), the same for all devices");
        }
    }

    private static void requireGrid(CompressedVector delta, NoiseGrid grid, ValidatedPlan plan) {
        if (delta.coding() != plan.compressor().spec().coding()) {
            throw invalid(
                    "coding",
                    "is " + delta.coding().text() + ", expected "
                            + plan.compressor().spec().coding().text());
        }
        for (int j = 0; j < delta.count(); j++) {
            if (!grid.contains(delta.value(j))) {
                throw invalid(
                        "values[" + j + "]",
                        "is " + delta.value(j) + ", expected a multiple of 2^" + grid.exponent() + " up to "
                                + Math.scalb((double) grid.limit(), grid.exponent())
                                + (plan.addsNoise()
                                        ? ": scale the message as the plan says, and add no noise"
                                        : ": add the noise that the plan says"));
            }
        }
    }

    private static void requireBound(CompressedVector delta, NoiseGrid grid, PrivacyTerms privacy) {
        if (privacy.by() == NoiseAdder.COORDINATOR && !grid.bounds(delta)) {
            throw invalid(
                    "values",
                    "have a norm above " + grid.bound() + " times 2^" + grid.exponent()
                            + ", which is privacy.bound of "
                            + privacy.mechanism().bound()
                            + ": scale the message as the plan says, and add no noise");
        }
    }

    private static ProblemException invalid(String field, String what) {
        return ProblemKind.INVALID
                .because(field + ": " + what, "update the device to an SDK that knows private runs")
                .with("field", field);
    }
}

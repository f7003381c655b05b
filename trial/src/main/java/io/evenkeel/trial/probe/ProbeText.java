package io.evenkeel.trial.probe;

import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.trial.plot.Numerals;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats the findings of a probe as sentences. */
final class ProbeText {

    private static final double ROUNDING = 1e-9;

    /** Adapting the step pays if it may grow by at least this factor from the beginning to the end. */
    private static final double WORTH_NORMALIZING = 2;

    private final Envelope.Fit fleet;
    private final List<ProbeResult.ClientFit> clients;
    private final ProbeResult.@Nullable Steps steps;
    private final List<ProbeResult.BoundPoint> bound;

    ProbeText(
            Envelope.Fit fleet,
            List<ProbeResult.ClientFit> clients,
            ProbeResult.@Nullable Steps steps,
            List<ProbeResult.BoundPoint> bound) {
        this.fleet = fleet;
        this.clients = ProbeResult.others(clients, fleet);
        this.steps = steps;
        this.bound = bound;
    }

    String text() {
        List<String> lines = new ArrayList<>(List.of(envelope(), smoothness()));
        if (!clients.isEmpty()) {
            lines.add(perClient());
        }
        if (steps != null) {
            lines.add(fleet.isBetterThanPlain() ? stepSizes(steps) : oneStep(steps));
            lines.add(advice(steps));
        }
        if (!bound.isEmpty()) {
            lines.add(theorem(bound.get(bound.size() - 1)));
        }
        return String.join("\n", lines) + "\n";
    }

    private String envelope() {
        return "Of " + fleet.points() + " steps, 95% had a local smoothness ratio below " + shown(fleet.l0()) + " + "
                + shown(fleet.l1()) + " ||grad f||. The 95% intervals are " + interval(fleet.l0Low(), fleet.l0High())
                + " for L0 and " + interval(fleet.l1Low(), fleet.l1High()) + " for L1.";
    }

    private static String interval(double low, double high) {
        return shown(low) + " to " + shown(high);
    }

    /** Rounding errors of the fit count as 0. */
    private static String shown(double value) {
        return Numerals.shortest(Math.abs(value) < ROUNDING ? 0 : value, 3);
    }

    private String smoothness() {
        if (fleet.isBetterThanPlain()) {
            return String.format(
                    Locale.ROOT,
                    "L1 > 0 for the fleet: its interval excludes 0. (L0, L1)-smoothness describes this loss better than plain"
                            + " smoothness: the line misses the ratios by %.0f%% less than the constant %s does.",
                    100 * fleet.gain(),
                    shown(fleet.plain()));
        }
        String plain = "Plain smoothness, L = " + shown(fleet.plain())
                + ", describes this loss as well along this trajectory: ";
        return fleet.l1Low() > 0
                ? plain
                        + String.format(
                                Locale.ROOT, "L1 > 0, but it explains only %.0f%% of the ratios.", 100 * fleet.gain())
                : plain + "the interval of L1 includes 0.";
    }

    private String perClient() {
        long steep = clients.stream().filter(client -> client.fit().l1Low() > 0).count();
        long better = clients.stream()
                .filter(client -> client.fit().isBetterThanPlain())
                .count();
        DoubleSummaryStatistics plain =
                clients.stream().mapToDouble(client -> client.fit().plain()).summaryStatistics();
        return "L1 > 0 for " + steep + " of " + clients.size()
                + " clients examined, by 95% intervals that exclude 0. "
                + "For " + better
                + " of them (L0, L1) describes the loss better than a constant. The clients' constants L go from "
                + shown(plain.getMin()) + " to " + shown(plain.getMax()) + ".";
    }

    private boolean mostClientsAreSteep() {
        return !clients.isEmpty()
                && 2
                                * clients.stream()
                                        .filter(client -> client.fit().l1Low() > 0)
                                        .count()
                        > clients.size();
    }

    private String advice(ProbeResult.Steps steps) {
        double factor = steps.atFlattest() / steps.atSteepest();
        if (fleet.isBetterThanPlain() && factor > WORTH_NORMALIZING) {
            return "What to do: use normalized steps (ef21-norm or step=accumulated-norm). With plain EF21, begin at gamma = "
                    + shown(steps.atSteepest()) + " and raise it up to " + shown(steps.atFlattest())
                    + " as the gradient falls. Check both with pilot sweep --axis step=0.25,1,4,16,64,256,1024,4096,16384.";
        }
        if (mostClientsAreSteep()) {
            return "What to do: most clients are rougher than the fleet. If only some of them take part in a round, take"
                    + " normalized steps; else plain EF21 with gamma = " + shown(steps.everywhere())
                    + " is a safe start. Check it with pilot sweep --axis participation=0.2,1.";
        }
        return "What to do: roughness is no reason to normalize here. Begin plain EF21 at gamma = "
                + shown(steps.everywhere())
                + " and find by how much practice allows more: pilot sweep --axis step=1,4,16,64,256,1024,4096,16384."
                + " Normalized steps spare you"
                + " that search.";
    }

    private static String oneStep(ProbeResult.Steps steps) {
        return "EF21: its theory allows gamma = " + shown(steps.everywhere()) + " along the whole trajectory.";
    }

    private static String stepSizes(ProbeResult.Steps steps) {
        double factor = steps.atFlattest() / steps.atSteepest();
        return "EF21: where ||grad f|| was largest (" + shown(steps.steepestNorm()) + ") its theory allows gamma = "
                + shown(steps.atSteepest()) + ", where it was smallest (" + shown(steps.flattestNorm()) + ") "
                + shown(steps.atFlattest()) + ", " + shown(factor) + " times as much. "
                + (factor > WORTH_NORMALIZING
                        ? "A constant step is too long at first or too short later."
                        : "A constant step suits the whole trajectory.")
                + " ||EF21|| needs neither: any gamma0 will do in theory, and gamma0 = 1 is a start.";
    }

    private static String theorem(ProbeResult.BoundPoint end) {
        return String.format(
                Locale.ROOT,
                "Theorem 1 with these estimates: min ||grad f|| is at most %s after %,d rounds for gamma0 = 1, and %s for its best gamma0 ="
                        + " %.2g; measured was %.3g.%s",
                shownBound(end.bound()),
                end.horizon(),
                shownBound(end.leastBound()),
                end.gamma0(),
                end.measured(),
                vacuous(end) ? " The bound says little here: it holds for the worst loss with these constants." : "");
    }

    private static boolean vacuous(ProbeResult.BoundPoint end) {
        Double least = end.leastBound();
        return least == null || least > 10 * end.measured();
    }

    private static String shownBound(@Nullable Double value) {
        return value == null ? "infinity (beyond the range of numbers)" : Numerals.shortest(value, 3);
    }
}

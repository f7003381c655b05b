package io.evenkeel.trial.probe;

import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.trial.plot.Numerals;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a probe found, in plain words. */
final class ProbeText {

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
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "Of %d steps, 95%% had a local smoothness ratio below %.3g + %.3g ||grad f|| (L0 in [%.3g, %.3g], L1 in [%.3g, %.3g], 95%%"
                        + " intervals).%n",
                fleet.points(),
                fleet.l0(),
                fleet.l1(),
                fleet.l0Low(),
                fleet.l0High(),
                fleet.l1Low(),
                fleet.l1High()));
        text.append(smoothness());
        text.append(perClient());
        if (steps != null) {
            text.append(fleet.isBetterThanPlain() ? stepSizes(steps) : oneStep(steps));
        }
        if (!bound.isEmpty()) {
            text.append(theorem(bound.get(bound.size() - 1)));
        }
        return text.toString();
    }

    private String smoothness() {
        return fleet.isBetterThanPlain()
                ? String.format(
                        Locale.ROOT,
                        "(L0, L1)-smoothness describes this loss better than plain smoothness: the slope is certain, and the line misses the"
                                + " ratios by %.0f%% less than the constant %.3g does.%n",
                        100 * fleet.gain(),
                        fleet.plain())
                : String.format(
                        Locale.ROOT,
                        "Plain smoothness, L = %.3g, describes this loss as well along this way: %s.%n",
                        fleet.plain(),
                        fleet.l1Low() > 0
                                ? String.format(
                                        Locale.ROOT, "a slope is there but explains only %.0f%%", 100 * fleet.gain())
                                : "the slope's interval includes 0");
    }

    private String perClient() {
        if (clients.isEmpty()) {
            return "";
        }
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        int rough = 0;
        for (ProbeResult.ClientFit client : clients) {
            least = Math.min(least, client.fit().plain());
            most = Math.max(most, client.fit().plain());
            rough += client.fit().isBetterThanPlain() ? 1 : 0;
        }
        return String.format(
                Locale.ROOT,
                "Of %d clients looked at, (L0, L1) describes %d better; their plain constants go from %.3g to %.3g.%n",
                clients.size(),
                rough,
                least,
                most);
    }

    private static String oneStep(ProbeResult.Steps steps) {
        return String.format(
                Locale.ROOT,
                "EF21: its theory allows gamma = %.3g along all of this way; where ||grad f|| was smallest perhaps %.3g. Normalization has"
                        + " no certain gain here from roughness; that its gamma needs no such estimate remains.%n",
                steps.everywhere(),
                steps.atFlattest());
    }

    private static String stepSizes(ProbeResult.Steps steps) {
        double factor = steps.atFlattest() / steps.atSteepest();
        return String.format(
                Locale.ROOT,
                "EF21: where ||grad f|| was largest (%s) its theory allows gamma = %.3g, where it was smallest (%.3g) %.3g, %.1f times as"
                        + " much. %s%n||EF21|| needs neither: any gamma0 will do in theory, and gamma0 = 1 is a start.%n",
                Numerals.shortest(steps.steepestNorm(), 3),
                steps.atSteepest(),
                steps.flattestNorm(),
                steps.atFlattest(),
                factor,
                factor > 2
                        ? "One constant step is too long first or too short later: normalization has something to gain here."
                        : "One constant step serves all the way: normalization has little to gain here.");
    }

    private static String theorem(ProbeResult.BoundPoint end) {
        return String.format(
                Locale.ROOT,
                "Theorem 1 with these estimates: min ||grad f|| is at most %s after %,d rounds for gamma0 = 1, and %s for its best gamma0 ="
                        + " %.2g; measured was %.3g. %s%n",
                shown(end.bound()),
                end.horizon(),
                shown(end.leastBound()),
                end.gamma0(),
                end.measured(),
                vacuous(end) ? "The bound says little here: it holds for the worst loss with these constants." : "");
    }

    private static boolean vacuous(ProbeResult.BoundPoint end) {
        Double least = end.leastBound();
        return least == null || least > 10 * end.measured();
    }

    private static String shown(@Nullable Double value) {
        return value == null ? "infinity (beyond what numbers hold)" : Numerals.shortest(value, 3);
    }
}

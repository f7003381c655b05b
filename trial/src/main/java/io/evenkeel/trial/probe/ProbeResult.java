package io.evenkeel.trial.probe;

import io.evenkeel.core.smoothness.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * probe.json: the findings of a probe.
 *
 * @param version of this format, 1
 * @param arm the method whose trajectory was followed
 * @param compressor its compressor
 * @param alpha the compressor's contraction factor
 * @param rounds the number of rounds
 * @param fleet the envelope of the fleet's loss
 * @param clients the clients' envelopes
 * @param steps the resulting step sizes
 * @param bound Theorem 1's bound with the measurement; empty if the
 *     compressor has no contraction factor
 * @param text the findings in plain words
 */
public record ProbeResult(
        int version,
        String arm,
        String compressor,
        @Nullable Double alpha,
        int rounds,
        Envelope.Fit fleet,
        List<ClientFit> clients,
        @Nullable Steps steps,
        List<BoundPoint> bound,
        String text) {

    /** Returns the clients' envelopes; empty for a single client, whose envelope is the fleet's. */
    List<ClientFit> others() {
        return others(clients, fleet);
    }

    static List<ClientFit> others(List<ClientFit> clients, Envelope.Fit fleet) {
        return clients.size() == 1 && clients.get(0).fit().equals(fleet) ? List.of() : clients;
    }

    /** A client's envelope. */
    public record ClientFit(int client, Envelope.Fit fit) {}

    /**
     * The largest step of EF21 at the steepest and at the flattest observed point, by {@code 1/(L (1 + s/(1-s)))} with
     * L = L0 + L1 ||grad f||.
     *
     * @param everywhere the step allowed with the plain constant
     * @param steepestNorm the largest observed ||grad f||
     * @param atSteepest the step allowed there
     * @param flattestNorm the smallest observed ||grad f||
     * @param atFlattest the step allowed there
     */
    public record Steps(
            double everywhere, double steepestNorm, double atSteepest, double flattestNorm, double atFlattest) {}

    /**
     * The bound at a horizon.
     *
     * @param horizon K
     * @param bound on min ||grad f|| for gamma0 = 1; null if it is beyond double's range
     * @param gamma0 the gamma0 that minimizes the bound
     * @param leastBound the minimum of the bound
     * @param measured min ||grad f|| of the run up to round K
     */
    public record BoundPoint(
            int horizon,
            @Nullable Double bound,
            double gamma0,
            @Nullable Double leastBound,
            double measured) {}
}

package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.ScatterMean;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.experiment.RobustRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The clients' error feedback: computes messages from gradients, adds them to the sum, and counts them as traffic. */
final class Clients {

    private final ErrorFeedback[] clients;
    private final Fleet fleet;
    private final ModelState state;
    private final Traffic traffic;
    private final long seed;
    private final @Nullable PrivateMessages privacy;
    private final boolean scatters;
    /** The bound on a round's messages; null if there is none, or if it applies to the clients' vectors instead. */
    private final @Nullable NormClipping clipping;

    private final List<Sent> sent = new ArrayList<>();

    /** A message that is added to the sum when the round ends. */
    private record Sent(CompressedVector message, double weight) {}

    /**
     * @param seed the run's seed, from which a client derives its draws as a device does
     * @param privacy the noise of the messages; null without privacy
     */
    Clients(Arm arm, Fleet fleet, ModelState state, Traffic traffic, long seed, @Nullable PrivateMessages privacy) {
        FeedbackMethod method = arm.algorithm().feedback();
        this.privacy = privacy;
        this.scatters = arm.algorithm().preset().hasScatterMean();
        this.clipping =
                !method.retainsSum() && arm.robust() instanceof RobustRule.Clipped bound ? bound.clipping() : null;
        this.clients = new ErrorFeedback[fleet.losses().clients()];
        for (int client = 0; client < clients.length; client++) {
            clients[client] = ErrorFeedback.start(method, state.x().length);
        }
        this.fleet = fleet;
        this.state = state;
        this.traffic = traffic;
        this.seed = seed;
    }

    /** Returns the point at which a client computes its gradient in a round with model x. */
    double[] point(int client, double[] x, double eta) {
        return clients[client].point(x, eta);
    }

    /** Returns the point at which a client computes a second gradient on the same samples, or null. */
    double @Nullable [] secondPoint(int client) {
        return clients[client].secondPoint();
    }

    /** Returns a client's part of the sum, not copied; null if the sum does not persist. */
    double @Nullable [] estimate(int client) {
        return clients[client].estimate();
    }

    /** Replaces S with the robust rule's sum of the clients' vectors. */
    void sum(RobustRule rule) {
        double[] weights = new double[clients.length];
        Arrays.setAll(weights, fleet::weight);
        List<double[]> vectors =
                Arrays.stream(clients).map(client -> client.vectors().get(0)).toList();
        rule.sum(vectors, weights, state.sum());
    }

    /**
     * Sends a client's message.
     *
     * @param model the round's model; must not change, since some methods keep it
     * @param gradient is overwritten
     * @param second the gradient at the client's second point, if it has one
     */
    void send(
            int client,
            int round,
            double[] model,
            double[] gradient,
            double[] second,
            double eta,
            Compressor compressor) {
        ErrorFeedback feedback = clients[client];
        long drawn = SplitMix64.derive(privacy == null ? SplitMix64.derive(seed, client) : seed, round);
        double[] other = feedback.secondPoint() == null ? null : second;
        Compressor staging = privacy == null ? compressor : privacy.compressor();
        if (privacy != null) {
            privacy.begin(client, round);
        }
        Staged staged = feedback.stage(model, gradient, other, eta, staging, drawn);
        add(staged.delta(), client, drawn);
        feedback.commit(staged);
    }

    private void add(CompressedVector message, int client, long drawn) {
        if (privacy != null && privacy.share(message)) {
            traffic.sentMasked(message);
            return;
        }
        traffic.sent(message);
        if (scatters || clipping != null) {
            sent.add(new Sent(message, fleet.weight(client)));
            return;
        }
        state.add(message, fleet.weight(client));
        CompressedVector apart = privacy == null ? null : privacy.apart(drawn);
        if (apart != null) {
            state.add(apart, fleet.weight(client));
        }
    }

    /** Adds to the sum the values that the coordinator adds after the messages of a round in a private arm. */
    void endRound(int round) {
        CompressedVector noise = privacy == null ? null : privacy.ofRound(round, SplitMix64.derive(seed, round));
        if (noise != null) {
            state.add(noise, 1);
        }
        if (!sent.isEmpty()) {
            addSent();
        }
    }

    private void addSent() {
        double[] factors = new double[sent.size()];
        Arrays.fill(factors, 1);
        if (clipping != null) {
            factors = clipping.factors(
                    sent.stream().mapToDouble(each -> each.message().norm()).toArray());
        }
        ScatterMean mean = new ScatterMean(state.sum().length);
        double weight = 0;
        for (int i = 0; i < factors.length; i++) {
            Sent each = sent.get(i);
            state.add(each.message(), factors[i] * each.weight());
            mean.add(each.message().support(), each.weight());
            weight += each.weight();
        }
        if (scatters) {
            mean.scale(state.sum(), weight);
        }
        sent.clear();
    }
}

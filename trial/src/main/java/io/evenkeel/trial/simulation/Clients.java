package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.vector.SplitMix64;
import java.util.List;

/** The clients' error feedback: turns gradients into messages, which the sum takes in and the traffic counts. */
final class Clients {

    private final ErrorFeedback[] clients;
    private final Fleet fleet;
    private final ModelState state;
    private final Traffic traffic;
    private final long seed;

    /**
     * @param seed the run's, from which a client derives its draws as a device does
     */
    Clients(FeedbackMethod method, Fleet fleet, ModelState state, Traffic traffic, long seed) {
        this.clients = new ErrorFeedback[fleet.losses().clients()];
        for (int client = 0; client < clients.length; client++) {
            clients[client] = ErrorFeedback.start(method, state.x().length);
        }
        this.fleet = fleet;
        this.state = state;
        this.traffic = traffic;
        this.seed = seed;
    }

    /**
     * Sends a client's message.
     *
     * @param gradient is overwritten, or kept
     * @return an array of d values that is free for the next gradient
     */
    double[] send(int client, int round, double[] gradient, double eta, Compressor compressor) {
        ErrorFeedback feedback = clients[client];
        long drawn = SplitMix64.derive(SplitMix64.derive(seed, client), round);
        Staged staged = feedback.stage(gradient, eta, compressor, drawn);
        traffic.sent(staged.delta());
        state.add(staged.delta(), fleet.weight(client));
        List<double[]> before = feedback.vectors();
        feedback.commit(staged);
        if (feedback.method() != FeedbackMethod.EF21_MOMENTUM) {
            return gradient;
        }
        // The gradient's array has become the client's m; its former m is free, if there was one.
        return before.size() > 1 ? before.get(1) : new double[gradient.length];
    }
}

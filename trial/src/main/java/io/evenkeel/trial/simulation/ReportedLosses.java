package io.evenkeel.trial.simulation;

import io.evenkeel.core.step.MemberLosses;
import java.util.Arrays;

/** Collects the losses that a round's devices report, in ascending order of the devices. Not thread-safe. */
final class ReportedLosses {

    private final int[] clients;
    private final double[] weights;
    private final double[] losses;
    private int count;

    ReportedLosses(int most) {
        clients = new int[most];
        weights = new double[most];
        losses = new double[most];
    }

    void add(int client, double loss, double weight) {
        clients[count] = client;
        weights[count] = weight;
        losses[count] = loss;
        count++;
    }

    MemberLosses losses() {
        return new MemberLosses(
                Arrays.copyOf(clients, count), Arrays.copyOf(weights, count), Arrays.copyOf(losses, count));
    }
}

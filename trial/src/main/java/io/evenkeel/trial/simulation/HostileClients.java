package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.HostileSettings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the gradients of the hostile clients, which are the last ones. Clients are processed in ascending order, so
 * the gradients of a round's honest clients are known before the hostile clients' turn.
 */
final class HostileClients {

    private final @Nullable HostileSettings settings;
    private final int first;
    private final double[] mean;
    private final double[] squares;
    private int honest;

    /**
     * @param settings null if all clients are honest
     */
    HostileClients(@Nullable HostileSettings settings, int clients, int dimension) {
        this.settings = settings;
        this.first = settings == null ? clients : clients - settings.count(clients);
        this.mean = new double[settings == null ? 0 : dimension];
        this.squares = new double[mean.length];
    }

    void beginRound() {
        Arrays.fill(mean, 0);
        Arrays.fill(squares, 0);
        honest = 0;
    }

    /** Processes a client's gradient, and overwrites it if the client is hostile. */
    void pass(int client, double[] gradient) {
        if (settings == null) {
            return;
        }
        if (client < first) {
            honest++;
            for (int j = 0; j < mean.length; j++) {
                // Welford's algorithm: the sum of squares about the running mean.
                double difference = gradient[j] - mean[j];
                mean[j] += difference / honest;
                squares[j] += difference * (gradient[j] - mean[j]);
            }
        } else {
            attack(settings, gradient);
        }
    }

    private void attack(HostileSettings with, double[] gradient) {
        double strength = with.strength();
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] = switch (with.attack()) {
                case "sign-flip" -> -strength * gradient[j];
                case "inner-product" -> -strength * mean[j];
                case "little" -> mean[j] - strength * Math.sqrt(squares[j] / Math.max(1, honest));
                default -> throw new IllegalStateException(with.attack());
            };
        }
    }
}

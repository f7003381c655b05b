package io.evenkeel.testkit.chaos;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a device needs to know of its surroundings.
 *
 * @param proxy where it finds the coordinator
 * @param token to enrol with
 * @param folder where its state lies
 * @param device which it is, 0 and up
 * @param dimension the run's d
 */
record DeviceEnvironment(URI proxy, String token, Path folder, int device, int dimension) {

    private static final Duration LONG_POLL = Duration.ofSeconds(5);

    /** Starts the settings of its client, which has changed its weight so often, except for the state. */
    ClientBuilder client(int changed) {
        return EvenkeelClient.builder(proxy)
                .run(ChaosSettings.RUN)
                .enrolmentToken(token)
                .weight(ChaosSettings.weight(device, changed))
                .longPoll(LONG_POLL);
    }

    /** Returns its loss's gradient. */
    GradientFunction gradient() {
        QuadraticObjective objective = new QuadraticObjective(device, dimension);
        return model -> Gradient.of(objective.gradient(model.toDoubles()));
    }
}

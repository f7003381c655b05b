package io.evenkeel.testkit.chaos;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The environment of a device.
 *
 * @param proxy the address of the coordinator, as seen by the device
 * @param token the enrolment token
 * @param folder the folder of its state
 * @param device the device's number, from 0
 * @param dimension d
 */
record DeviceEnvironment(URI proxy, String token, Path folder, int device, int dimension) {

    private static final Duration LONG_POLL = Duration.ofSeconds(5);

    /** Returns a builder of its client without a state store, after a number of changes of weight. */
    ClientBuilder client(int changed) {
        return EvenkeelClient.builder(proxy)
                .run(ChaosSettings.RUN)
                .enrolmentToken(token)
                .weight(ChaosSettings.weight(device, changed))
                .longPoll(LONG_POLL);
    }

    /** Returns the gradient function of its loss. */
    GradientFunction gradient() {
        QuadraticObjective objective = new QuadraticObjective(device, dimension);
        return GradientFunction.onSample(
                round -> round, (model, round) -> Gradient.of(objective.gradient(model.toDoubles(), round)));
    }
}

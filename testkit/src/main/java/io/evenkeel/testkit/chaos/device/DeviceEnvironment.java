package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.QuadraticObjective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a device.
 *
 * @param proxy the coordinator's address for the device
 * @param token the enrolment token
 * @param folder the folder of its state
 * @param device the device's number, from 0
 * @param dimension d
 * @param identity the file of its identity in a run with secure aggregation, else null
 */
public record DeviceEnvironment(
        URI proxy,
        String token,
        Path folder,
        int device,
        int dimension,
        @Nullable Path identity) {

    private static final Duration LONG_POLL = Duration.ofSeconds(5);
    private static final int SMALLEST_COHORT = 3;
    private static final int RECOVERY_KEY_BYTES = 32;

    /**
     * Returns a builder of the device's client, without a state store. The weight depends on the number of changes so
     * far.
     */
    ClientBuilder client(int changed) {
        ClientBuilder builder = EvenkeelClient.builder(proxy)
                .run(ChaosSettings.RUN)
                .enrolmentToken(token)
                .longPoll(LONG_POLL);
        if (identity == null) {
            return builder.weight(ChaosSettings.weight(device, changed));
        }
        builder.secureAggregation(SecureAggregation.with(read(identity)).minimumCohort(SMALLEST_COHORT));
        return hasRecoveryKey() ? builder.recoveryKey(recoveryKey()) : builder;
    }

    /**
     * Returns whether the device keeps an encrypted copy of its state: with secure aggregation every second one does.
     */
    boolean hasRecoveryKey() {
        return identity != null && device % 2 == 0;
    }

    private byte[] recoveryKey() {
        byte[] key = new byte[RECOVERY_KEY_BYTES];
        Arrays.fill(key, (byte) (device + 1));
        return key;
    }

    private static DeviceIdentity read(Path file) {
        try {
            return DeviceIdentity.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    GradientFunction gradient() {
        QuadraticObjective objective = new QuadraticObjective(device, dimension);
        return GradientFunction.onSample(
                round -> round, (model, round) -> Gradient.of(objective.gradient(model.toDoubles(), round)));
    }
}

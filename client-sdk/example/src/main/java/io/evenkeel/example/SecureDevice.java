package io.evenkeel.example;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.core.secagg.DeviceIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The device of {@link ExampleDevice} in a run with secure aggregation, with an identity that its owner
 * issued.
 */
public class SecureDevice {

    public static void main(String[] args) throws IOException, InterruptedException {
        DeviceIdentity identity = DeviceIdentity.parse(Files.readString(Path.of(args[2])));
        try (EvenkeelClient client = EvenkeelClient.builder(URI.create(args[0]))
                .run(args[1])
                .enrolmentToken(System.getenv("EVENKEEL_ENROLMENT_TOKEN"))
                .secureAggregation(SecureAggregation.with(identity).minimumCohort(3))
                .stateFolder(Path.of("device-state"))
                .build()) {
            RunOutcome outcome = client.train(ExampleDevice::gradient);
            System.out.println(outcome);
        }
    }
}

package io.evenkeel.example;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.RunOutcome;
import java.net.URI;
import java.nio.file.Path;

public class ExampleDevice {

    /** Returns the gradient of 1/2 ||x - target||^2, as an example of a loss. */
    static Gradient gradient(Model model) {
        double[] x = model.toDoubles();
        double loss = 0;
        for (int j = 0; j < x.length; j++) {
            x[j] -= 0.5;
            loss += x[j] * x[j] / 2;
        }
        return Gradient.of(x, 1, loss);
    }

    public static void main(String[] args) throws InterruptedException {
        try (EvenkeelClient client = EvenkeelClient.builder(URI.create(args[0]))
                .run(args[1])
                .enrolmentToken(System.getenv("EVENKEEL_ENROLMENT_TOKEN"))
                .stateFolder(Path.of("device-state"))
                .build()) {
            RunOutcome outcome = client.train(ExampleDevice::gradient);
            System.out.println(outcome);
        }
    }
}

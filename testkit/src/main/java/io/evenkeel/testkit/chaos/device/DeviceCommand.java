package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.EvenkeelClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one device of the chaos command in a separate process. Internal; not to be started by hand. */
@Command(name = "chaos-device", description = "A device of the chaos command.")
public final class DeviceCommand implements Callable<Integer> {

    static final String TOKEN = "EVENKEEL_ENROLMENT_TOKEN";

    @Option(names = "--proxy", required = true)
    @SuppressWarnings("NullAway.Init")
    private URI proxy;

    @Option(names = "--token", defaultValue = "${env:EVENKEEL_ENROLMENT_TOKEN}", required = true)
    @SuppressWarnings("NullAway.Init")
    private String token;

    @Option(names = "--folder", required = true)
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(names = "--device", required = true)
    private int device;

    @Option(names = "--dimension", required = true)
    private int dimension;

    @Option(names = "--identity")
    private @Nullable Path identity;

    /** Runs the device and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new DeviceCommand()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        DeviceEnvironment environment = new DeviceEnvironment(proxy, token, folder, device, dimension, identity);
        try (EvenkeelClient client = environment.client(0).stateFolder(folder).build()) {
            client.train(environment.gradient());
        }
        return 0;
    }
}

package io.evenkeel.testkit.chaos.device;

import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device in a separate JVM, killed by SIGKILL. */
public final class ProcessDevice implements ChaosDevice {

    private final JavaLaunch launch;
    private final Path log;
    private final DeviceEnvironment environment;
    private @Nullable Process process;
    private int kills;
    private boolean ended;

    public ProcessDevice(JavaLaunch launch, Path log, DeviceEnvironment environment) {
        this.launch = launch;
        this.log = log;
        this.environment = environment;
    }

    @Override
    public void live() throws IOException, InterruptedException {
        while (true) {
            int before = kills();
            Process life = begin();
            int code = life.waitFor();
            if (code == 0 || isEnded()) {
                return;
            }
            if (kills() == before) {
                throw new CommandFailure("the device's process ended with " + code + ": see " + log);
            }
        }
    }

    private synchronized Process begin() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--proxy",
                environment.proxy().toString(),
                "--folder",
                environment.folder().toString(),
                "--device",
                Integer.toString(environment.device()),
                "--dimension",
                Integer.toString(environment.dimension())));
        if (environment.identity() != null) {
            arguments.addAll(List.of("--identity", environment.identity().toString()));
        }
        Process life = launch.start(log, List.of(DeviceCommand.TOKEN + "=" + environment.token()), arguments);
        process = life;
        return life;
    }

    private synchronized int kills() {
        return kills;
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** Kills the process like {@code kill -9}; returns whether it was alive. */
    public synchronized boolean kill() {
        Process life = process;
        if (life == null || !life.isAlive()) {
            return false;
        }
        kills++;
        life.destroyForcibly();
        return true;
    }

    @Override
    public synchronized void end() {
        ended = true;
        kill();
    }
}

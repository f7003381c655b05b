package io.evenkeel.pilot.local;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.pilot.terminal.CommandFailure;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A coordinator in this process, with everything it keeps in one folder, on a port that is free. */
public final class LocalCoordinator implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final URI address;
    private final String operatorToken;

    private LocalCoordinator(ConfigurableApplicationContext context, URI address, String operatorToken) {
        this.context = context;
        this.address = address;
        this.operatorToken = operatorToken;
    }

    /**
     * Starts one, which logs to {@code coordinator.log} in the folder and listens on this machine alone.
     *
     * @throws CommandFailure if it does not start
     */
    public static LocalCoordinator start(Path folder) {
        String token = newToken();
        SpringApplication application = CoordinatorApplication.application();
        // Whoever starts it closes it; on Ctrl-C what goes on with it is to end first.
        application.setRegisterShutdownHook(false);
        Path log = folder.resolve("coordinator.log");
        try {
            ConfigurableApplicationContext context = application.run(arguments(folder, log, token));
            String port = Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
            return new LocalCoordinator(context, URI.create("http://127.0.0.1:" + port), token);
        } catch (RuntimeException e) {
            throw new CommandFailure("the coordinator did not start (" + e.getMessage() + "): see " + log, e);
        }
    }

    private static String[] arguments(Path folder, Path log, String token) {
        return new String[] {
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--server.shutdown=immediate",
            "--evenkeel.data=" + folder,
            "--evenkeel.operator-token=" + token,
            "--spring.main.banner-mode=off",
            "--logging.threshold.console=OFF",
            "--logging.file.name=" + log
        };
    }

    private static String newToken() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return "evk_op_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Returns its address without {@code /api}. */
    public URI address() {
        return address;
    }

    /** Returns the token it was started with. */
    public String operatorToken() {
        return operatorToken;
    }

    @Override
    public void close() {
        context.close();
    }
}

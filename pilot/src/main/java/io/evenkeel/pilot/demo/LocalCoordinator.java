package io.evenkeel.pilot.demo;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A coordinator in this process, with everything it keeps in one folder, on a port that is free. */
final class LocalCoordinator implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final URI address;
    private final String operatorToken;

    private LocalCoordinator(ConfigurableApplicationContext context, URI address, String operatorToken) {
        this.context = context;
        this.address = address;
        this.operatorToken = operatorToken;
    }

    /** Starts one, which logs to {@code coordinator.log} in the folder and listens on this machine alone. */
    static LocalCoordinator start(Path folder) {
        String token = newToken();
        SpringApplication application = new SpringApplication(CoordinatorApplication.class);
        application.setRegisterShutdownHook(true);
        ConfigurableApplicationContext context = application.run(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--evenkeel.data=" + folder,
                "--evenkeel.operator-token=" + token,
                "--spring.main.banner-mode=off",
                "--logging.threshold.console=OFF",
                "--logging.file.name=" + folder.resolve("coordinator.log"));
        String port = Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
        return new LocalCoordinator(context, URI.create("http://127.0.0.1:" + port), token);
    }

    private static String newToken() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return "evk_op_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    URI address() {
        return address;
    }

    String operatorToken() {
        return operatorToken;
    }

    @Override
    public void close() {
        context.close();
    }
}

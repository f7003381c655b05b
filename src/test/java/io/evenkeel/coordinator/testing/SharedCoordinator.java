package io.evenkeel.coordinator.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.coordinator.CoordinatorTest;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** One of several coordinators on a PostgreSQL database, in this JVM, with the system's clock. */
public final class SharedCoordinator {

    private final ConfigurableApplicationContext context;
    private final String endpoint;

    private SharedCoordinator(ConfigurableApplicationContext context) {
        this.context = context;
        this.endpoint = "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    /**
     * Starts a coordinator.
     *
     * @param url the database
     * @param settings such as {@code evenkeel.lease.duration=1s}
     */
    public static SharedCoordinator start(String url, String... settings) {
        return start(url, List.of(), settings);
    }

    /** Starts a coordinator with some beans replaced. */
    public static SharedCoordinator start(String url, List<Class<?>> parts, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=postgres",
                "--spring.datasource.hikari.connection-timeout=1000",
                "--spring.main.register-shutdown-hook=false",
                "--logging.level.root=error",
                "--evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN));

        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new SharedCoordinator(new SpringApplicationBuilder(CoordinatorApplication.class)
                .sources(parts.toArray(Class<?>[]::new))
                .run(arguments.toArray(String[]::new)));
    }

    public String endpoint() {
        return endpoint;
    }

    public WebServer webServer() {
        return new WebServer(context);
    }

    public <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    /** Ends the coordinator so that its database sees only broken connections, as after a kill. */
    public void kill() {
        part(HikariDataSource.class).close();
        context.close();
    }

    public void stop() {
        context.close();
    }
}

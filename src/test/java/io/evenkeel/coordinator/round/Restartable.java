package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.coordinator.CoordinatorTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A coordinator of a test's own, which can be stopped and started again. */
final class Restartable implements AutoCloseable {

    private final String url;
    private final List<String> settings;
    private ConfigurableApplicationContext context;

    /** Starts it on an H2 file. */
    Restartable(Path folder, String... settings) {
        this(
                "jdbc:h2:file:" + folder.resolve("db")
                        + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;MAX_LENGTH_INPLACE_LOB=16384",
                settings);
    }

    /** Starts it on a database. */
    Restartable(String url, String... settings) {
        this.url = url;
        this.settings = Arrays.asList(settings);
        this.context = start();
    }

    private ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(settings);
        arguments.add("--spring.datasource.url=" + url);
        arguments.add("--evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN);
        arguments.add("--server.port=0");
        return new SpringApplicationBuilder(CoordinatorApplication.class)
                .logStartupInfo(false)
                .run(arguments.toArray(String[]::new));
    }

    void restart() {
        context.close();
        context = start();
    }

    String endpoint() {
        return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    JdbcTemplate jdbc() {
        return bean(JdbcTemplate.class);
    }

    @Override
    public void close() {
        context.close();
    }
}

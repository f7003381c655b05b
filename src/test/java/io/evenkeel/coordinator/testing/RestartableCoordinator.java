package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.core.heap.HeapBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A separate coordinator for a test, which can be restarted. */
public final class RestartableCoordinator implements AutoCloseable {

    private final Backups backups = new Backups();
    private final String url;
    private final List<String> settings;
    private @Nullable String port = "0";
    private @Nullable HeapBudget budget;
    private ConfigurableApplicationContext context;

    /** Starts the coordinator on an H2 file. */
    public RestartableCoordinator(Path folder, String... settings) {
        this(
                "jdbc:h2:file:" + folder.resolve("db")
                        + ";LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;MAX_LENGTH_INPLACE_LOB=16384",
                settings);
    }

    /** Starts the coordinator on an H2 file with a different heap budget. */
    public RestartableCoordinator(Path folder, HeapBudget budget, String... settings) {
        this(
                "jdbc:h2:file:" + folder.resolve("db")
                        + ";LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;MAX_LENGTH_INPLACE_LOB=16384",
                budget,
                settings);
    }

    /** Starts the coordinator on a database. */
    public RestartableCoordinator(String url, String... settings) {
        this(url, (HeapBudget) null, settings);
    }

    private RestartableCoordinator(String url, @Nullable HeapBudget budget, String... settings) {
        this.url = url;
        this.budget = budget;
        this.settings = Arrays.asList(settings);
        this.context = start();
    }

    private ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(settings);
        arguments.add("--spring.datasource.url=" + url);
        arguments.add("--evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN);
        arguments.add("--server.port=" + port);
        return new SpringApplicationBuilder(CoordinatorApplication.class)
                .logStartupInfo(false)
                .initializers(this::prepare)
                .run(arguments.toArray(String[]::new));
    }

    private void prepare(ConfigurableApplicationContext starting) {
        starting.getBeanFactory().addBeanPostProcessor(new StorageContract());
        if (budget != null) {
            ((GenericApplicationContext) starting)
                    .registerBean("otherHeapBudget", HeapBudget.class, () -> budget, bean -> bean.setPrimary(true));
        }
    }

    public void restart(HeapBudget other) {
        budget = other;
        restart();
    }

    public void restart() {
        context.close();
        context = start();
    }

    /**
     * Saves a backup of a stopped coordinator's database.
     *
     * @return its name for {@link #restore}
     */
    public String backUp() {
        keepPort();
        context.close();
        String backup = backups.copy(url);
        context = start();
        return backup;
    }

    /** Stops the coordinator, restores its database from a backup, and starts it again. */
    public void restore(String backup) {
        keepPort();
        context.close();
        backups.restore(backup, url);
        context = start();
    }

    /** Keeps the port, so that devices find the coordinator at the same address. */
    private void keepPort() {
        port = context.getEnvironment().getProperty("local.server.port");
    }

    public String endpoint() {
        return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    public JdbcTemplate jdbc() {
        return bean(JdbcTemplate.class);
    }

    @Override
    public void close() {
        context.close();
    }
}

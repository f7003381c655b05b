package io.evenkeel.coordinator.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.platform.storage.Dialect;
import java.lang.StackWalker.StackFrame;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Checks all SQL against both databases. Each statement that the coordinator prepares on H2 in a test is also prepared
 * on a PostgreSQL database with the same tables, which parses it and resolves its names and types. A statement that
 * PostgreSQL refuses fails the test. The effects of a statement on PostgreSQL, such as its locks, need tests with
 * {@link OnPostgres}. Thread-safe.
 */
public final class StorageContract implements BeanPostProcessor {

    /** Statements that PostgreSQL accepted; a refused one fails each test that prepares it. */
    private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();

    private static final List<String> VERBS = List.of("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ");

    /** {@link Dialect#deletion} has a different statement for each database. */
    private static final Pattern H2_DELETION =
            Pattern.compile("SELECT .* FROM OLD TABLE .*|DELETE FROM .* FETCH FIRST .*");

    /** The stack frames between a caller and this class. */
    private static final List<String> BETWEEN =
            List.of("java.", "jdk.", "com.sun.", "org.springframework.jdbc.", StorageContract.class.getName());

    /**
     * The SQL states of statements whose parameter types PostgreSQL can derive only from the values, which are missing
     * here.
     */
    private static final Set<String> DEPEND_ON_VALUES = Set.of("42P18", "42P08", "42725");

    private static @Nullable Connection postgres;

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof HikariDataSource pool && pool.getJdbcUrl().startsWith("jdbc:h2:")
                ? new ObservedDataSource(pool)
                : bean;
    }

    private static final class ObservedDataSource extends DelegatingDataSource {

        ObservedDataSource(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            check((String) arguments[0]);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }
    }

    private static void check(String sql) throws SQLException {
        if (CHECKED.contains(sql)) {
            return;
        }
        boolean isForH2 = VERBS.stream().noneMatch(sql.strip().toUpperCase(Locale.ROOT)::startsWith)
                || H2_DELETION.matcher(sql).matches();
        if (isForH2 || !isOfCoordinator()) {
            return;
        }
        synchronized (StorageContract.class) {
            try (PreparedStatement statement = postgres().prepareStatement(sql)) {
                ParameterMetaData unused = statement.getParameterMetaData();
                CHECKED.add(sql);
            } catch (SQLException e) {
                if (!DEPEND_ON_VALUES.contains(e.getSQLState())) {
                    throw new AssertionError("PostgreSQL refuses " + sql, e);
                }
                CHECKED.add(sql);
            }
        }
    }

    /**
     * Returns whether the coordinator itself prepares the statement, rather than a test or a library that knows the
     * database.
     */
    private static boolean isOfCoordinator() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.map(StackFrame::getDeclaringClass)
                        .filter(caller -> BETWEEN.stream().noneMatch(caller.getName()::startsWith))
                        .findFirst())
                .filter(caller -> caller.getName().startsWith("io.evenkeel.")
                        && !caller.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath()
                                .endsWith("/test-classes/"))
                .isPresent();
    }

    private static Connection postgres() throws SQLException {
        if (postgres == null) {
            DataSource source = new DriverManagerDataSource(Postgres.shared().newDatabase());
            CoordinatorSchema.create(source, Dialect.POSTGRESQL);
            postgres = source.getConnection();
        }
        return postgres;
    }
}

package io.evenkeel.coordinator.platform.storage;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Settings of connections to PostgreSQL. Values in the URL or in {@code spring.datasource.hikari} override them.
 *
 * <p>A transaction whose coordinator stalls, or whose network is gone, holds its run's lock; PostgreSQL ends it after the
 * duration of a lease, so that another coordinator can continue. A coordinator whose database does not answer gives up after
 * half a minute.
 */
final class PostgresConnections implements BeanPostProcessor {

    private static final String ANSWER_SECONDS = "30";
    private static final String CONNECT_SECONDS = "5";

    private final Environment environment;

    PostgresConnections(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool
                && String.valueOf(pool.getJdbcUrl()).startsWith("jdbc:postgresql:")) {
            set(pool, "reWriteBatchedInserts", "true");
            set(pool, "tcpKeepAlive", "true");
            set(pool, "connectTimeout", CONNECT_SECONDS);
            set(pool, "socketTimeout", ANSWER_SECONDS);
            set(pool, "ApplicationName", "evenkeel");
            if (pool.getConnectionInitSql() == null) {
                pool.setConnectionInitSql("SET idle_in_transaction_session_timeout = " + lease().toMillis());
            }
        }
        return bean;
    }

    private Duration lease() {
        return environment.getProperty("evenkeel.lease.duration", Duration.class, Duration.ofSeconds(10));
    }

    private static void set(HikariDataSource pool, String property, String value) {
        pool.getDataSourceProperties().putIfAbsent(property, value);
    }
}

package io.evenkeel.coordinator.storage;

import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.MappingSettings;
import org.hibernate.cfg.ValidationSettings;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Builds a session factory for nothing while Spring looks for its beans, so that most of Hibernate's 4,000 classes are there when the
 * one that counts is built: they are a quarter of a start. Spring Boot runs it on a thread of its own, if there is more than one
 * processor.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class HibernatePreinitializer implements BackgroundPreinitializer {

    HibernatePreinitializer() {}

    @Override
    public void preinitialize() {
        StandardServiceRegistry registry = new StandardServiceRegistryBuilder()
                .applySetting(JdbcSettings.JAKARTA_HBM2DDL_DB_NAME, "H2")
                // Nothing connects to it.
                .applySetting(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, new JdbcDataSource())
                .applySetting(JdbcSettings.ALLOW_METADATA_ON_BOOT, false)
                .applySetting(MappingSettings.JSON_FORMAT_MAPPER, "jackson3")
                .applySetting(ValidationSettings.JAKARTA_VALIDATION_MODE, "none")
                .build();
        try {
            new MetadataSources(registry).buildMetadata().buildSessionFactory().close();
        } finally {
            StandardServiceRegistryBuilder.destroy(registry);
        }
    }
}

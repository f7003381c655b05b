package io.evenkeel.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class GeneratedBeansTest {

    @ParameterizedTest
    @CsvSource({
        "evenkeel.storage.kind, folder, true",
        "server.port, 8080, true",
        "spring.datasource.url, jdbc:postgresql://database/evenkeel, true",
        "spring.datasource.hikari.maximum-pool-size, 5, true",
        "spring.ssl.bundle.pem.server.keystore.certificate, server.crt, true",
        "server.forward-headers-strategy, native, true",
        "server.forward-headers-strategy, framework, false",
        "spring.profiles.active, tracing, false",
        "spring.threads.virtual.enabled, true, false",
        "spring.datasource.jndi-name, database, false",
        "management.endpoints.web.exposure.include, 'health,metrics', false",
    })
    void areUsedUnlessASettingMayChooseOthers(String name, String value, boolean areUsed) {
        assertThat(areUsedWith(new MapPropertySource("commandLineArgs", Map.of(name, value))))
                .isEqualTo(areUsed);
    }

    @ParameterizedTest
    @CsvSource({
        "SPRING_DATASOURCE_PASSWORD, secret, true",
        "SERVER_SSL_BUNDLE, server, true",
        "SERVER_FORWARD_HEADERS_STRATEGY, NATIVE, true",
        "SERVER_FORWARD_HEADERS_STRATEGY, FRAMEWORK, false",
        "SPRING_PROFILES_ACTIVE, tracing, false",
        "MANAGEMENT_OTLP_METRICS_EXPORT_ENABLED, true, false",
    })
    void readTheEnvironment(String name, String value, boolean areUsed) {
        String source = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        assertThat(areUsedWith(new SystemEnvironmentPropertySource(source, Map.of(name, value))))
                .isEqualTo(areUsed);
    }

    @ParameterizedTest
    @CsvSource({"class path resource [application.yml], true", "file [/etc/evenkeel/application.yml], false"})
    void wereChosenWithTheFileInTheJar(String file, boolean areUsed) {
        assertThat(areUsedWith(
                        new MapPropertySource("Config resource '" + file + "'", Map.of("spring.web.locale", "en"))))
                .isEqualTo(areUsed);
    }

    private static boolean areUsedWith(PropertySource<?> source) {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(own -> environment.getPropertySources().remove(own.getName()));
        environment.getPropertySources().addFirst(source);
        ConfigurationPropertySources.attach(environment);
        return GeneratedBeans.areValid(environment);
    }
}

package io.evenkeel.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class AheadOfTimeTest {

    private final ConfigurableEnvironment environment = new StandardEnvironment();

    AheadOfTimeTest() {
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    private void add(PropertySource<?> source) {
        environment.getPropertySources().addFirst(source);
        ConfigurationPropertySources.attach(environment);
    }

    private void setting(String name) {
        add(new MapPropertySource("commandLineArgs", Map.of(name, "1")));
    }

    private void variable(String name) {
        add(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, "1")));
    }

    @Test
    void mayUseWhatTheBuildFoundIfNothingIsSet() {
        assertThat(AheadOfTime.obstacle(environment)).isEmpty();
    }

    @Test
    void findsTheBeansAnewWithAProfile() {
        environment.setActiveProfiles("tracing");

        assertThat(AheadOfTime.obstacle(environment)).hasValue("the profile [tracing]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SPRING_AUTOCONFIGURE_EXCLUDE",
                "SPRING_FLYWAY_ENABLED",
                "MANAGEMENT_SERVER_PORT",
                "MANAGEMENT_METRICS_ENABLE_JVM",
                "SERVER_FORWARD_HEADERS_STRATEGY",
                "SERVER_FORWARDHEADERSSTRATEGY",
                "SPRINGDOC_APIDOCS_ENABLED",
                "SPRING_DATASOURCE_TYPE"
            })
    void findsTheBeansAnewIfAVariableMayChangeThem(String name) {
        variable(name);

        assertThat(AheadOfTime.obstacle(environment)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.jpa.database-platform",
                "server.forward-headers-strategy",
                "server.portal",
                "spring.datasource.url-of-another",
                "management.endpoint.health.probes.enabled"
            })
    void findsTheBeansAnewIfASettingMayChangeThem(String name) {
        setting(name);

        assertThat(AheadOfTime.obstacle(environment)).hasValue("the setting " + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SPRING_DATASOURCE_URL",
                "SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE",
                "SPRING_CONFIG_ADDITIONAL_LOCATION",
                "SPRING_SSL_BUNDLE_PEM_SERVER_KEYSTORE_CERTIFICATE",
                "SERVER_PORT",
                "SERVER_SSL_BUNDLE",
                "EVENKEEL_MANAGEMENT_PORT",
                "EVENKEEL_OPERATOR_TOKEN",
                "LOGGING_STRUCTURED_FORMAT_CONSOLE",
                "MANAGEMENT_METRICS_SYSTEM_DISKSPACE_PATHS",
                "PATH",
                "SPRING",
                "KUBERNETES_SERVICE_HOST"
            })
    void mayUseThemWithVariablesThatAreOnlyValues(String name) {
        variable(name);

        assertThat(AheadOfTime.obstacle(environment)).isEmpty();
    }

    @Test
    void takesWhatIsInTheJarForKnown() {
        add(new MapPropertySource(
                "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'",
                Map.of("spring.jpa.open-in-view", "false")));

        assertThat(AheadOfTime.obstacle(environment)).isEmpty();
    }

    @Test
    void doesNotTakeAnotherFileForKnown() {
        add(new MapPropertySource(
                "Config resource 'file [config/application.yml]' via location 'optional:file:./config/'",
                Map.of("spring.jpa.open-in-view", "true")));

        assertThat(AheadOfTime.obstacle(environment)).hasValue("the setting spring.jpa.open-in-view");
    }

    /** Sees where settings come from, before anybody refuses them. */
    private record Watch(Set<String> sources)
            implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            event.getEnvironment().getPropertySources().forEach(source -> sources.add(source.getName()));
        }

        @Override
        public int getOrder() {
            return 0;
        }
    }

    /** Starts as Spring's ahead-of-time processing does; returns where settings came from. */
    private static Set<String> build(String setting) {
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        try {
            Watch watch = new Watch(new HashSet<>());
            SpringApplication application = CoordinatorApplication.application();
            application.addListeners(watch);
            assertThatIllegalStateException()
                    .isThrownBy(() -> application.run(setting, "--logging.threshold.console=OFF"))
                    .withMessageContaining(
                            " may change the beans, and the build would write that into the jar: unset it and build again");
            return watch.sources();
        } finally {
            System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
        }
    }

    @Test
    void isBuiltWhateverTheVariablesOfTheMachineButNotWithASettingOfItsOwn() {
        assertThat(build("--spring.profiles.active=tracing"))
                .contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)
                .doesNotContain(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }
}

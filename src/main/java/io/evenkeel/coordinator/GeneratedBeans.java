package io.evenkeel.coordinator;

import java.net.URL;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Starts with the beans that Spring's ahead-of-time processing selected when the jar was built, which saves a sixth or
 * more of the CPU time of startup. They were selected with the settings of application.yml. Most settings of Spring
 * Boot can add or replace beans, but have no effect on generated ones. Therefore the beans are selected at startup if
 * any setting might change them. The coordinator's own settings never select beans.
 */
final class GeneratedBeans implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(GeneratedBeans.class);

    private static final String INITIALIZER = "CoordinatorApplication__ApplicationContextInitializer.class";

    private static final List<ConfigurationPropertyName> SPRINGS = names("spring", "server", "management");

    /** Settings, and groups of settings, that have no influence on the beans. */
    private static final List<ConfigurationPropertyName> CHOOSE_NO_BEANS = names(
            "server.address",
            "server.max-http-request-header-size",
            "server.port",
            "server.shutdown",
            "server.ssl",
            "server.tomcat",
            "spring.aot",
            "spring.application",
            "spring.config",
            "spring.context.exit",
            "spring.datasource.hikari",
            "spring.datasource.password",
            "spring.datasource.url",
            "spring.datasource.username",
            "spring.lifecycle",
            "spring.ssl");

    /**
     * Selects a bean only if its value is "framework". The name is listed as written in files and in the environment.
     */
    private static final List<ConfigurationPropertyName> FORWARD_HEADERS =
            names("server.forward-headers-strategy", "server.forward.headers.strategy");

    private static List<ConfigurationPropertyName> names(String... names) {
        return Stream.of(names).map(ConfigurationPropertyName::of).toList();
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        boolean isBeingBuilt = Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
        // A folder of classes, as in an IDE, may contain generated beans of an older build.
        URL beans = getClass().getResource(INITIALIZER);
        if (!isBeingBuilt && beans != null && beans.getProtocol().equals("jar") && areValid(event.getEnvironment())) {
            SpringProperties.setFlag(AotDetector.AOT_ENABLED);
        }
    }

    /** Returns whether all settings select the same beans as application.yml. */
    static boolean areValid(ConfigurableEnvironment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource settings && !isInJar(source)) {
                for (ConfigurationPropertyName name : settings) {
                    if (mayChooseBeans(name, environment)) {
                        LOG.debug("The beans are selected at the start, because {} is set", name);
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean isInJar(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> file
                && file.getName().contains("class path resource [application.yml]");
    }

    private static boolean mayChooseBeans(ConfigurationPropertyName name, ConfigurableEnvironment environment) {
        if (FORWARD_HEADERS.contains(name)) {
            return "framework".equalsIgnoreCase(environment.getProperty("server.forward-headers-strategy"));
        }
        return SPRINGS.stream().anyMatch(group -> group.isAncestorOf(name))
                && CHOOSE_NO_BEANS.stream().noneMatch(safe -> safe.equals(name) || safe.isAncestorOf(name));
    }
}

package io.evenkeel.coordinator;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.support.StandardServletEnvironment;

/**
 * Has a start use what Spring's ahead-of-time processing wrote at build time, which saves it a quarter of its time, if it may.
 *
 * <p>The build has settled which beans there are, and settings can have a say in that. So a start with a profile, or with a setting
 * of Spring's that is not known to leave the beans as they are, finds its beans out anew. {@code -Dspring.aot.enabled} decides otherwise.
 */
final class AheadOfTime implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(AheadOfTime.class);
    private static final String ENABLED = "spring.aot.enabled";
    private static final String WRITTEN = CoordinatorApplication.class.getName() + "__ApplicationContextInitializer";

    /** Whose settings decide on beans; those of {@code evenkeel} and {@code logging} do not. */
    private static final Set<String> DECIDING = Set.of("spring", "server", "management", "springdoc");

    /** Those among them that are values and nothing else, with all that is below them. */
    private static final List<ConfigurationPropertyName> VALUES = Stream.of(
                    "management.metrics.system.diskspace.paths",
                    "server.address",
                    "server.compression",
                    "server.http2",
                    "server.max-http-request-header-size",
                    "server.port",
                    "server.shutdown",
                    "server.ssl",
                    "server.tomcat",
                    "spring.aot",
                    "spring.application",
                    "spring.config",
                    "spring.datasource.hikari",
                    "spring.datasource.password",
                    "spring.datasource.url",
                    "spring.datasource.username",
                    "spring.lifecycle",
                    "spring.main.banner-mode",
                    "spring.ssl.bundle")
            .map(ConfigurationPropertyName::of)
            .toList();

    /** What is in the jar was there at build time. */
    private static final String IN_THE_JAR = "Config resource 'class path resource";

    /** Has an application decide, when it starts. */
    static void applyTo(SpringApplication application) {
        application.addListeners(new AheadOfTime());
        if (isWriting()) {
            // The variables of the machine that builds are not those of the machines that run.
            StandardServletEnvironment environment = new StandardServletEnvironment();
            environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
            application.setEnvironment(environment);
        }
    }

    private static boolean isWriting() {
        return Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING);
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        String told = System.getProperty(ENABLED);
        SpringProperties.setProperty(ENABLED, told == null ? Boolean.toString(decide(event.getEnvironment())) : told);
    }

    private static boolean decide(ConfigurableEnvironment environment) {
        boolean writing = isWriting();
        if (!writing && !ClassUtils.isPresent(WRITTEN, CoordinatorApplication.class.getClassLoader())) {
            return false;
        }
        Optional<String> obstacle = obstacle(environment);
        if (writing) {
            obstacle.ifPresent(AheadOfTime::refuseToWrite);
            // What an earlier build wrote may lie about still.
            return false;
        }
        obstacle.ifPresent(found -> LOG.info("Finds its beans out anew, as {} may change them", found));
        return obstacle.isEmpty();
    }

    private static void refuseToWrite(String obstacle) {
        throw new IllegalStateException(obstacle
                + " may change the beans, and the build would write that into the jar: unset it and build again");
    }

    /** Returns what may make the beans others than those the build has found, if there is anything. */
    static Optional<String> obstacle(ConfigurableEnvironment environment) {
        String[] profiles = environment.getActiveProfiles();
        if (profiles.length > 0) {
            return Optional.of("the profile " + Arrays.toString(profiles));
        }
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource settings && !isInTheJar(settings)) {
                for (ConfigurationPropertyName name : settings) {
                    if (mayDecide(name)) {
                        return Optional.of("the setting " + name);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isInTheJar(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> known
                && known.getName().startsWith(IN_THE_JAR);
    }

    private static boolean mayDecide(ConfigurationPropertyName name) {
        return name.getNumberOfElements() > 1
                && DECIDING.contains(name.getElement(0, ConfigurationPropertyName.Form.UNIFORM))
                && VALUES.stream().noneMatch(value -> value.equals(name) || value.isAncestorOf(name));
    }
}

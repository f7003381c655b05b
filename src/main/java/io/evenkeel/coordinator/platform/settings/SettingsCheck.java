package io.evenkeel.coordinator.platform.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Refuses to start with an unknown command-line option, or with an unknown setting or a wrong value under
 * {@code evenkeel} in a file or the environment. Otherwise a coordinator with a misspelt limit would run
 * without that limit. Java's system properties are not checked for unknown names, because other programs in
 * the JVM also use them. Registered in META-INF/spring.factories.
 */
final class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String PREFIX = "evenkeel";

    /** Settings that are not in a record. The folder is part of the database's URL in application.yml. */
    private static final List<String> WITHOUT_RECORD = List.of("evenkeel.data");

    /** Command-line options that are not settings. */
    private static final KnownSettings SHORT_OPTIONS = new KnownSettings(List.of("port", "data"));

    private static final KnownSettings SWITCHES = new KnownSettings(List.of("debug", "trace"));

    /** Environment variables of the CLI, the SDKs, the tests and Docker Compose. */
    private static final Pattern OTHER_PROGRAMS = Pattern.compile("EVENKEEL_(URL|TOKEN|CONTEXT|CONFIG|JAVA_OPTS"
            + "|ENROLMENT_TOKEN|PORT|RUNBOOK_URL|COORDINATOR|REQUIRE_CHROMIUM|(CROSSCHECK|DEVICE)_CLASSPATH)");

    /** Variables, as NAME=value, that Kubernetes sets for a service whose name starts with evenkeel. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("EVENKEEL_(.*_)?(SERVICE_HOST=|SERVICE_PORT(_.*)?=|PORT=[a-z]+://|PORT_[0-9]+_[A-Z]+).*");

    /** Registers the check, which runs as soon as the beans are known and before any is created. */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        context.addBeanFactoryPostProcessor(beans -> {
            Map<String, Class<?>> records = records(beans);
            TreeSet<String> names = new TreeSet<>(WITHOUT_RECORD);
            records.forEach((prefix, type) -> KnownSettings.of(prefix, type).forEach(names::add));
            require(context.getEnvironment(), new KnownSettings(names));
            SettingValues.require(context.getEnvironment(), records);
        });
    }

    /** Returns the records of settings by prefix. */
    private static Map<String, Class<?>> records(ConfigurableListableBeanFactory beans) {
        Map<String, Class<?>> records = new TreeMap<>();
        for (String bean : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
            ConfigurationProperties properties = beans.findAnnotationOnBean(bean, ConfigurationProperties.class, false);
            Class<?> type = beans.getType(bean, false);
            if (properties != null && type != null && type.isRecord()) {
                records.put(properties.value(), type);
            }
        }
        return records;
    }

    /**
     * Checks all sources of settings.
     *
     * @param own the settings under {@code evenkeel}
     * @throws WrongSettingsException naming all unknown settings
     */
    static void require(ConfigurableEnvironment environment, KnownSettings own) {
        List<String> faults = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof CommandLinePropertySource<?> commandLine) {
                checkCommandLine(commandLine, own, faults);
            } else if (source instanceof EnumerablePropertySource<?> settings
                    && !source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
                for (String name : settings.getPropertyNames()) {
                    check(settings, name, own, faults);
                }
            }
        }
        if (!faults.isEmpty()) {
            throw new WrongSettingsException(faults);
        }
    }

    private static void check(EnumerablePropertySource<?> source, String name, KnownSettings own, List<String> faults) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean isOwn = lower.startsWith(PREFIX + ".") || lower.startsWith(PREFIX + "_");
        if (isOwn && !own.containsPartOf(name) && !isOfAnother(source, name)) {
            String nearest = own.nearest(name);
            boolean isVariable = name.startsWith("EVENKEEL_");
            faults.add(fault(
                    name + " (" + place(source, name) + ")",
                    nearest != null && isVariable
                            ? nearest.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")
                            : nearest));
        }
    }

    private static boolean isOfAnother(EnumerablePropertySource<?> source, String name) {
        return OTHER_PROGRAMS.matcher(name).matches()
                || SERVICE_LINK.matcher(name + "=" + source.getProperty(name)).matches();
    }

    private static String place(EnumerablePropertySource<?> source, String name) {
        Origin origin = OriginLookup.getOrigin(source, name);
        return origin == null || origin.toString().startsWith("System Environment")
                ? (source.getName().contains("systemEnvironment") ? "environment" : source.getName())
                : origin.toString();
    }

    private static void checkCommandLine(CommandLinePropertySource<?> source, KnownSettings own, List<String> faults) {
        @Nullable KnownSettings springs = null;
        for (String name : source.getPropertyNames()) {
            if (name.equals(CommandLinePropertySource.DEFAULT_NON_OPTION_ARGS_PROPERTY_NAME)) {
                continue;
            }
            if (SHORT_OPTIONS.contains(name)) {
                faults.add("  --" + name + " needs a value, such as --port=8080 or --data=./data");
            } else if (!name.contains(".")) {
                if (!SWITCHES.contains(name)) {
                    faults.add(fault("--" + name, dashed(SHORT_OPTIONS.nearest(name))));
                }
            } else if (!own.containsPartOf(name)) {
                springs = springs == null ? SpringSettings.onClassPath() : springs;
                if (name.startsWith(PREFIX + ".") || !springs.containsPartOf(name)) {
                    KnownSettings alike = name.startsWith(PREFIX + ".") ? own : springs;
                    faults.add(fault("--" + name, dashed(alike.nearest(name))));
                }
            }
        }
        String words = source.getProperty(CommandLinePropertySource.DEFAULT_NON_OPTION_ARGS_PROPERTY_NAME);
        if (words != null) {
            faults.add("  '" + words + "' belongs to no option: write --name=value");
        }
    }

    private static @Nullable String dashed(@Nullable String name) {
        return name == null ? null : "--" + name;
    }

    private static String fault(String name, @Nullable String nearest) {
        return "  " + name + (nearest == null ? "" : ": did you mean " + nearest + "?");
    }
}

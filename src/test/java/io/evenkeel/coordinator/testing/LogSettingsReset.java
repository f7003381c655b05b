package io.evenkeel.coordinator.testing;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemProperty;

/**
 * Resets the log settings that Spring Boot keeps as system properties, so that the next application in this JVM sets up
 * its own logging, even while another one is running.
 */
public final class LogSettingsReset implements BeforeEachCallback, AfterEachCallback {

    @Override
    public void beforeEach(ExtensionContext test) {
        forget();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        forget();
    }

    private static void forget() {
        for (LoggingSystemProperty property : LoggingSystemProperty.values()) {
            System.clearProperty(property.getEnvironmentVariableName());
        }
        // Logback itself uses these names.
        System.clearProperty("CONSOLE_LOG_PATTERN");
        System.clearProperty("FILE_LOG_PATTERN");
        LoggingSystem.get(LogSettingsReset.class.getClassLoader()).cleanUp();
    }
}

package io.evenkeel.coordinator.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.console}.
 *
 * @param enabled whether the console is served at {@code /}, default true
 */
@ConfigurationProperties("evenkeel.console")
record ConsoleSettings(@DefaultValue("true") boolean enabled) {}

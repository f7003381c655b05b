package io.evenkeel.testkit.console;

import io.evenkeel.engine.OnlyInCi;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of the console in a browser, whose constructor gets the {@link ConsoleScene}. All such classes share it, so a
 * test uses its own names and does not assume that a list is empty. Skipped on machines without Debian's Chromium.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "io.evenkeel.testkit.console.Browser#isInstalled",
        disabledReason = "Chromium and its driver are not installed")
@ExtendWith(ConsoleExtension.class)
@OnlyInCi
@interface BrowserTest {}

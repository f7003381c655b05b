package io.evenkeel.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Skips a slow test and reports the reason, unless the build has {@code -Pci}. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(named = "evenkeel.test.ci", matches = "true", disabledReason = "slow: only .ci/run runs it")
public @interface OnlyInCi {}

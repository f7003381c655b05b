package io.evenkeel.coordinator.platform.time;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.clock}.
 *
 * @param accept whether this start takes the clock as right, whatever newest time is stored: default false. For one start, after a clock
 *     was wrong for so long that the stored time followed it
 */
@ConfigurationProperties("evenkeel.clock")
record ClockSettings(@DefaultValue("false") boolean accept) {}

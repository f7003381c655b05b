package io.evenkeel.coordinator.platform.time;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.clock}.
 *
 * @param accept whether this start trusts the clock, whatever the newest stored time is: default false. For a single
 *     start, after a clock was wrong for so long that the stored time followed it
 */
@ConfigurationProperties("evenkeel.clock")
record ClockSettings(@DefaultValue("false") boolean accept) {}

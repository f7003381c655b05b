/** Metrics, the context of log lines, and health. */
@NullMarked
package io.evenkeel.coordinator.telemetry;

import org.jspecify.annotations.NullMarked;

/** Metrics, and the context and masking of log lines. */
@NullMarked
package io.evenkeel.coordinator.telemetry;

import org.jspecify.annotations.NullMarked;

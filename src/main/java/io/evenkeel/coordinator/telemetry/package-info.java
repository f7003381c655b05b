/** What operators see of a coordinator at work: metrics, the context of log lines, health. */
@NullMarked
package io.evenkeel.coordinator.telemetry;

import org.jspecify.annotations.NullMarked;

/** Webhooks: sends events of runs to external addresses until they have answered. */
@NullMarked
package io.evenkeel.coordinator.webhook;

import org.jspecify.annotations.NullMarked;

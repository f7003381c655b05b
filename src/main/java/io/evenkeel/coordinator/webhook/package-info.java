/** Webhooks: sends events of runs to external addresses, with retries until they respond. */
@NullMarked
package io.evenkeel.coordinator.webhook;

import org.jspecify.annotations.NullMarked;

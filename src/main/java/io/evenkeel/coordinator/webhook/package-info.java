/** Webhooks: sends events to external addresses, with retries until the receiver accepts them or attempts run out. */
@NullMarked
package io.evenkeel.coordinator.webhook;

import org.jspecify.annotations.NullMarked;

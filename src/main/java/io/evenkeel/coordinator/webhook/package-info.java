/** Webhooks: tells addresses outside of events of runs, until they have answered. */
@NullMarked
package io.evenkeel.coordinator.webhook;

import org.jspecify.annotations.NullMarked;

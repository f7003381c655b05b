/**
 * Relays: coordinators that are members of an upstream run, to which they report the mean of their devices as a
 * gradient.
 */
@NullMarked
package io.evenkeel.coordinator.relay;

import org.jspecify.annotations.NullMarked;

/**
 * Staged roll-outs: a new version of a registered model reaches the devices behind an alias group by group, and the
 * roll-out stops automatically if its rules are violated.
 */
@NullMarked
package io.evenkeel.coordinator.rollout;

import org.jspecify.annotations.NullMarked;

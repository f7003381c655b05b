/**
 * Staged roll-outs: a new version of a registered model reaches the devices behind an alias group by group, and the
 * roll-out stops automatically.
 */
@NullMarked
package io.evenkeel.coordinator.rollout;

import org.jspecify.annotations.NullMarked;

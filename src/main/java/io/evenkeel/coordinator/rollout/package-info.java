/** Staged roll-outs: a new version of a registered model reaches the devices behind an alias group by group, and stops by itself. */
@NullMarked
package io.evenkeel.coordinator.rollout;

import org.jspecify.annotations.NullMarked;

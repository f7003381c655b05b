/** A device's own membership of a run: joining, leaving, and state recovery. */
@NullMarked
package io.evenkeel.coordinator.membership;

import org.jspecify.annotations.NullMarked;

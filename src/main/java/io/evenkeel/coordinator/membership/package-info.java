/** A device's own membership of a run: joining, leaving, and recovering its state. */
@NullMarked
package io.evenkeel.coordinator.membership;

import org.jspecify.annotations.NullMarked;

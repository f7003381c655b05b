/** A device's own membership of a run: joining, leaving, and getting its state back. */
@NullMarked
package io.evenkeel.coordinator.membership;

import org.jspecify.annotations.NullMarked;

/** Leases, which ensure that one replica at a time opens and closes the rounds of a run. */
@NullMarked
package io.evenkeel.coordinator.platform.lease;

import org.jspecify.annotations.NullMarked;

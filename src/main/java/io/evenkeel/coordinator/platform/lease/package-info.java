/** Leases: which replica moves which run on. */
@NullMarked
package io.evenkeel.coordinator.platform.lease;

import org.jspecify.annotations.NullMarked;

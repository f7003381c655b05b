/** Leases: which of several coordinators on one database moves a run on. */
@NullMarked
package io.evenkeel.coordinator.lease;

import org.jspecify.annotations.NullMarked;

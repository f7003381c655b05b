/** The state of the installation for operators: replicas, leases, database, memory and alerts. */
@NullMarked
package io.evenkeel.coordinator.system;

import org.jspecify.annotations.NullMarked;

package io.evenkeel.coordinator.platform.lease;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lease that a coordinator holds.
 *
 * @param run the name of the run that the coordinator advances
 * @param holder the coordinator's name, HOST:PROCESS:NUMBER
 * @param until the time when the lease expires unless it is renewed; absent on a database that belongs to one process
 */
public record HeldLease(String run, String holder, @Nullable Instant until) {}

/**
 * Secure aggregation: a cohort of devices adds integer vectors so that the coordinator learns only the sum.
 *
 * <p>The protocol is that of Bonawitz et al. ("Practical secure aggregation for privacy-preserving machine
 * learning", CCS 2017) with the commitments and the notation of SecAgg+ (Bell et al., CCS 2020), in four
 * steps. {@link io.evenkeel.core.secagg.SecAggDevice} is the device's half,
 * {@link io.evenkeel.core.secagg.SecAggCohort} the coordinator's. The caller transports the frames.
 */
@NullMarked
package io.evenkeel.core.secagg;

import org.jspecify.annotations.NullMarked;

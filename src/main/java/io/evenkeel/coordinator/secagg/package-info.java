/**
 * Secure aggregation: moves a round's cohort from step to step, and adds the sum of its masked vectors, none of which
 * the coordinator can read.
 */
@NullMarked
package io.evenkeel.coordinator.secagg;

import org.jspecify.annotations.NullMarked;

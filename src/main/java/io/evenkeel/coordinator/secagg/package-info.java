/**
 * Secure aggregation: moves a round's cohort from step to step, and adds the sum of its masked vectors, of which the coordinator cannot
 * read any.
 */
@NullMarked
package io.evenkeel.coordinator.secagg;

import org.jspecify.annotations.NullMarked;

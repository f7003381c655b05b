/**
 * Secure aggregation: advances a round's cohort through its steps, and computes the sum of its masked vectors without
 * learning any of them.
 */
@NullMarked
package io.evenkeel.coordinator.secagg;

import org.jspecify.annotations.NullMarked;

/** The record of each closed round, and figures computed from the records: curves and the smoothness of the loss. */
@NullMarked
package io.evenkeel.coordinator.round.record;

import org.jspecify.annotations.NullMarked;

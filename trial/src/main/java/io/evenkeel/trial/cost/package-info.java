/** Converts a trial's bytes, rounds and computing time to money. */
@NullMarked
package io.evenkeel.trial.cost;

import org.jspecify.annotations.NullMarked;

/** Writes and reads the results folder of a trial. */
@NullMarked
package io.evenkeel.trial.result;

import org.jspecify.annotations.NullMarked;

/** Runs arms on the same clients in process, round by round, with the same core as a real fleet. */
@NullMarked
package io.evenkeel.trial.simulation;

import org.jspecify.annotations.NullMarked;

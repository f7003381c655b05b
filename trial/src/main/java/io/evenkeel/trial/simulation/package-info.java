/** Runs arms on the same clients in process, round by round, through the same core a real fleet uses. */
@NullMarked
package io.evenkeel.trial.simulation;

import org.jspecify.annotations.NullMarked;

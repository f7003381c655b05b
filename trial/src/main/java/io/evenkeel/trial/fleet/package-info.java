/** Simulates a run with a fleet that does not exist yet, by the engine's rules in virtual time. */
@NullMarked
package io.evenkeel.trial.fleet;

import org.jspecify.annotations.NullMarked;

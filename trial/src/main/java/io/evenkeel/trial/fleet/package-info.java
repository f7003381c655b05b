/** Simulates what a run would do with a fleet that does not exist yet: the engine's rules in virtual time. */
@NullMarked
package io.evenkeel.trial.fleet;

import org.jspecify.annotations.NullMarked;

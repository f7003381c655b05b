/** Reads the definitions of runs and their changes from JSON; the engine checks them. */
@NullMarked
package io.evenkeel.coordinator.definition;

import org.jspecify.annotations.NullMarked;

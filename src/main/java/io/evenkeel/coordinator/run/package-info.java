/** Runs: their definitions, the plan that follows from one, their life cycle and their members. */
@NullMarked
package io.evenkeel.coordinator.run;

import org.jspecify.annotations.NullMarked;

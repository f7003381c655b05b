/** Experiments: several runs with variants of one definition, on random parts of the fleet. */
@NullMarked
package io.evenkeel.coordinator.experiment;

import org.jspecify.annotations.NullMarked;

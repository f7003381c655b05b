/** Experiments: several runs of one definition, which differ in what is compared, over random parts of the fleet. */
@NullMarked
package io.evenkeel.coordinator.experiment;

import org.jspecify.annotations.NullMarked;

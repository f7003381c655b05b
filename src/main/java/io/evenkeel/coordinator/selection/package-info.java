/** Chooses devices: the filters of lists, as conditions that the database evaluates. */
@NullMarked
package io.evenkeel.coordinator.selection;

import org.jspecify.annotations.NullMarked;

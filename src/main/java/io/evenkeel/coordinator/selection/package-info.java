/** Chooses devices: their attributes, selectors over these, and the filters of lists. Independent of the database. */
@NullMarked
package io.evenkeel.coordinator.selection;

import org.jspecify.annotations.NullMarked;

/** Filters of lists of devices, as conditions of SQL, and the limit of a selector's query. */
@NullMarked
package io.evenkeel.coordinator.selection;

import org.jspecify.annotations.NullMarked;

/** Filters for lists of devices, as SQL conditions, and the limit on queries with selectors. */
@NullMarked
package io.evenkeel.coordinator.selection;

import org.jspecify.annotations.NullMarked;

/**
 * A summary of the installation: items that need an operator's attention, active runs, and the latest events.
 */
@NullMarked
package io.evenkeel.coordinator.overview;

import org.jspecify.annotations.NullMarked;

/** The installation at a glance: items that wait for an operator, active runs, and the latest events. */
@NullMarked
package io.evenkeel.coordinator.overview;

import org.jspecify.annotations.NullMarked;

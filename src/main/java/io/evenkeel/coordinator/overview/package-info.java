/** The installation at a glance: what waits for an operator, which runs are under way, and what happened last. */
@NullMarked
package io.evenkeel.coordinator.overview;

import org.jspecify.annotations.NullMarked;

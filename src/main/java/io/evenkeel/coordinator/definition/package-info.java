/** What a run is: its definition, the checks of it, the plan that follows from it, its changes as revisions, and its stop conditions. */
@NullMarked
package io.evenkeel.coordinator.definition;

import org.jspecify.annotations.NullMarked;

/** What is kept of a run's past: members' vectors rebuilt from it, folding and thinning of it, and its audit. */
@NullMarked
package io.evenkeel.coordinator.history;

import org.jspecify.annotations.NullMarked;

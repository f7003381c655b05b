/** What a roll-out is to do, as its operator wrote it, and what its devices' figures say by that. */
@NullMarked
package io.evenkeel.coordinator.rollout.rule;

import org.jspecify.annotations.NullMarked;

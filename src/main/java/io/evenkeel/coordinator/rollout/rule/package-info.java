/** The rules of a roll-out as its operator wrote them, and their evaluation from devices' figures. */
@NullMarked
package io.evenkeel.coordinator.rollout.rule;

import org.jspecify.annotations.NullMarked;

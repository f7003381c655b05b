/** Kills coordinators and devices during roll-outs, and checks which versions devices got. */
@NullMarked
package io.evenkeel.testkit.chaos.rollout;

import org.jspecify.annotations.NullMarked;

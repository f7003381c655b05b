/** Kills coordinators and devices during roll-outs, and checks the versions that devices got. */
@NullMarked
package io.evenkeel.testkit.chaos.rollout;

import org.jspecify.annotations.NullMarked;

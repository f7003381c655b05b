/**
 * The life cycle and the rules of a roll-out: the devices of a group, the reports that count, and the opening
 * of the next group.
 */
@NullMarked
package io.evenkeel.engine.rollout;

import org.jspecify.annotations.NullMarked;

/** A roll-out's life and rules: which devices a group has, which reports count, and when the next group opens. */
@NullMarked
package io.evenkeel.engine.rollout;

import org.jspecify.annotations.NullMarked;

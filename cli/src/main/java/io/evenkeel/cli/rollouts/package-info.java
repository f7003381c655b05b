/** Commands for roll-outs. */
@NullMarked
package io.evenkeel.cli.rollouts;

import org.jspecify.annotations.NullMarked;

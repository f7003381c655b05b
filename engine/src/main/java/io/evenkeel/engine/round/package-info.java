/** When a round closes, and what its messages report. */
@NullMarked
package io.evenkeel.engine.round;

import org.jspecify.annotations.NullMarked;

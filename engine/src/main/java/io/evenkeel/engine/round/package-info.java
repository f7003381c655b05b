/** Decides when a round closes, and collects the figures that its messages report. */
@NullMarked
package io.evenkeel.engine.round;

import org.jspecify.annotations.NullMarked;

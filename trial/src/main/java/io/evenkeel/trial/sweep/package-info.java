/** Trials over a grid of settings: how much depends on the step size, the compressor, noise, or how unlike clients are. */
@NullMarked
package io.evenkeel.trial.sweep;

import org.jspecify.annotations.NullMarked;

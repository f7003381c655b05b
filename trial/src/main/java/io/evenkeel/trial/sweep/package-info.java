/** Runs trials over a grid of settings: step size, compressor, noise, or how much the clients differ. */
@NullMarked
package io.evenkeel.trial.sweep;

import org.jspecify.annotations.NullMarked;

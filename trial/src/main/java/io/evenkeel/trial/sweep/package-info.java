/** Runs trials over a grid of settings: step size, compressor, noise, or heterogeneity of the clients. */
@NullMarked
package io.evenkeel.trial.sweep;

import org.jspecify.annotations.NullMarked;

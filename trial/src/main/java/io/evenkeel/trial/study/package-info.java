/** Runs the standard sweeps on one data set, and reports the effect of normalization on it. */
@NullMarked
package io.evenkeel.trial.study;

import org.jspecify.annotations.NullMarked;

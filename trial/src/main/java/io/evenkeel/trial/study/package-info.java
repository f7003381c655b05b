/** Runs the standard sweeps on one data set, and answers what normalization does on it. */
@NullMarked
package io.evenkeel.trial.study;

import org.jspecify.annotations.NullMarked;

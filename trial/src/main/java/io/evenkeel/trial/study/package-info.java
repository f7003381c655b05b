/** The standard set of sweeps on one data set, and what they answer of normalization. */
@NullMarked
package io.evenkeel.trial.study;

import org.jspecify.annotations.NullMarked;

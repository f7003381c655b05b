/** The settings of a trial, and experiment.yaml, which holds them. */
@NullMarked
package io.evenkeel.trial.experiment;

import org.jspecify.annotations.NullMarked;

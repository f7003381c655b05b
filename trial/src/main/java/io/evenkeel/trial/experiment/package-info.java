/** The settings of a trial, and their file experiment.yaml. */
@NullMarked
package io.evenkeel.trial.experiment;

import org.jspecify.annotations.NullMarked;

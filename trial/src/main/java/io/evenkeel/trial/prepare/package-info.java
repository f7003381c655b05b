/** Prepares a data set for training: holds out samples, and standardizes features and labels. */
@NullMarked
package io.evenkeel.trial.prepare;

import org.jspecify.annotations.NullMarked;

/** Runs the experiments of published papers by name, and compares the results with their claims. */
@NullMarked
package io.evenkeel.trial.reproduce;

import org.jspecify.annotations.NullMarked;

/** Labelled samples: the included digits, their division over devices, shuffling and minibatches. */
@NullMarked
package io.evenkeel.trial.data;

import org.jspecify.annotations.NullMarked;

/** Labelled data the trials learn from, and how it divides over devices. */
@NullMarked
package io.evenkeel.trial.data;

import org.jspecify.annotations.NullMarked;

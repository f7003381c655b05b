/** Labelled sparse rows, in arrays without an object for each entry. */
@NullMarked
package io.evenkeel.trial.sparse;

import org.jspecify.annotations.NullMarked;

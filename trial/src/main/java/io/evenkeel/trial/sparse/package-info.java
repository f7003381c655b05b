/** Rows of mostly zeros with a label each, kept in arrays without an object an entry. */
@NullMarked
package io.evenkeel.trial.sparse;

import org.jspecify.annotations.NullMarked;

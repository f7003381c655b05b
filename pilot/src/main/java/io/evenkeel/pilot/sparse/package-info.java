/** Rows of mostly zeros with a label each, kept in arrays without an object an entry. */
@NullMarked
package io.evenkeel.pilot.sparse;

import org.jspecify.annotations.NullMarked;

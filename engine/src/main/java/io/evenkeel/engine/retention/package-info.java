/** The rules for deleting old history: which states, messages and sums of a run are kept, and how large a step is. */
@NullMarked
package io.evenkeel.engine.retention;

import org.jspecify.annotations.NullMarked;

/** The states of a run, and when a round has stalled. */
@NullMarked
package io.evenkeel.engine.run;

import org.jspecify.annotations.NullMarked;

/** The states of a run, and the detection of stalled rounds. */
@NullMarked
package io.evenkeel.engine.run;

import org.jspecify.annotations.NullMarked;

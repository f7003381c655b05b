/** Selects the members of a round: draws, declines and skipped rounds. */
@NullMarked
package io.evenkeel.engine.draw;

import org.jspecify.annotations.NullMarked;

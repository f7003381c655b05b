/** The table of the hash chain, and the history of a run that its links tell. */
@NullMarked
package io.evenkeel.coordinator.chain;

import org.jspecify.annotations.NullMarked;

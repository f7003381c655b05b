/** A run as stored: its rows, events, chain, revisions and lease, and the memory it takes. */
@NullMarked
package io.evenkeel.coordinator.run;

import org.jspecify.annotations.NullMarked;

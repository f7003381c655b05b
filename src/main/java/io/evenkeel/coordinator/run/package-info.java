/** A run as stored: its row, state, events, chain, rules and lease, and the memory it takes. */
@NullMarked
package io.evenkeel.coordinator.run;

import org.jspecify.annotations.NullMarked;

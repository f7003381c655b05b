/** The hash chain over a run's definition, its changes and its rounds: the table, its links, and hashes of what they cover. */
@NullMarked
package io.evenkeel.coordinator.chain;

import org.jspecify.annotations.NullMarked;

/** Compaction of accepted messages into member vectors, and pruning of old checkpoints and updates. */
@NullMarked
package io.evenkeel.coordinator.retention;

import org.jspecify.annotations.NullMarked;

/**
 * Storage in the two supported databases: dialects, durable transactions, large values, damaged files,
 * compaction of H2's file.
 */
@NullMarked
package io.evenkeel.coordinator.platform.storage;

import org.jspecify.annotations.NullMarked;

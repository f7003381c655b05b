/** Stores the hash chain of a run and derives the histories of its models. */
@NullMarked
package io.evenkeel.coordinator.chain;

import org.jspecify.annotations.NullMarked;

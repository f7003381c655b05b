/** Operators' actions on runs: create, start, pause, change, cancel and show them. */
@NullMarked
package io.evenkeel.coordinator.lifecycle;

import org.jspecify.annotations.NullMarked;

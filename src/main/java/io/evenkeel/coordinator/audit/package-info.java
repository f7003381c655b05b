/** The audit log: changes, and attempts to make them, with their actors. */
@NullMarked
package io.evenkeel.coordinator.audit;

import org.jspecify.annotations.NullMarked;

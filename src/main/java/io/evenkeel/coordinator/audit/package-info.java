/** The audit log: what operators and viewers have changed, or tried to. */
@NullMarked
package io.evenkeel.coordinator.audit;

import org.jspecify.annotations.NullMarked;

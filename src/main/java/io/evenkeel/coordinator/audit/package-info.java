/** The audit log: who changed what, or tried to. */
@NullMarked
package io.evenkeel.coordinator.audit;

import org.jspecify.annotations.NullMarked;

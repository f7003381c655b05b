/** The audit log: changes and attempted changes, and who made them. */
@NullMarked
package io.evenkeel.coordinator.audit;

import org.jspecify.annotations.NullMarked;

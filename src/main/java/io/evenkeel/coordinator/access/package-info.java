/** Access control: credentials, roles, rate limits, and the audit log. */
@NullMarked
package io.evenkeel.coordinator.access;

import org.jspecify.annotations.NullMarked;

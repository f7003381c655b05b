/** Who may do what: credentials, roles, rate limits, and the log of what operators did. */
@NullMarked
package io.evenkeel.coordinator.access;

import org.jspecify.annotations.NullMarked;

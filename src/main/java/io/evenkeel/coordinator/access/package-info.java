/** Identifies callers: credentials, tokens, roles, and signing in. */
@NullMarked
package io.evenkeel.coordinator.access;

import org.jspecify.annotations.NullMarked;

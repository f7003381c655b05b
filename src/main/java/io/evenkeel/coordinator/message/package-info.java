/**
 * The processing of one message, in order: read from the request, checked, committed in a group, accepted by the
 * engine's rules, stored.
 */
@NullMarked
package io.evenkeel.coordinator.message;

import org.jspecify.annotations.NullMarked;

/**
 * The processing of a message: it is read from the request, checked, committed with others, accepted by the
 * engine's rules, and stored.
 */
@NullMarked
package io.evenkeel.coordinator.message;

import org.jspecify.annotations.NullMarked;

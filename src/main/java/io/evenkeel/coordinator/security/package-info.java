/** The processing of every request before its controller: filters, rules of access to paths, and refusals of the container. */
@NullMarked
package io.evenkeel.coordinator.security;

import org.jspecify.annotations.NullMarked;

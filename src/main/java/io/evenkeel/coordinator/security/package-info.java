/** Processes each request before its controller: filters, access rules for paths, and refusals by the container. */
@NullMarked
package io.evenkeel.coordinator.security;

import org.jspecify.annotations.NullMarked;

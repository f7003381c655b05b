/** What every request passes before its controller: the filters, the rules of who may use which path, and refusals of the container. */
@NullMarked
package io.evenkeel.coordinator.security;

import org.jspecify.annotations.NullMarked;

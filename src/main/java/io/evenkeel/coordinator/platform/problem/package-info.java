/** Problem documents (RFC 9457) for every refusal and failure. */
@NullMarked
package io.evenkeel.coordinator.platform.problem;

import org.jspecify.annotations.NullMarked;

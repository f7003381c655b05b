/** Problem documents (RFC 9457) for every refusal and failure, and the log of failures. */
@NullMarked
package io.evenkeel.coordinator.platform.problem;

import org.jspecify.annotations.NullMarked;

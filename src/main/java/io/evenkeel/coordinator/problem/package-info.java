/** The one place where refusals and failures become RFC 9457 problem documents. */
@NullMarked
package io.evenkeel.coordinator.problem;

import org.jspecify.annotations.NullMarked;

/** The types of refusals, each with the status and the slug of its RFC 9457 document. */
@NullMarked
package io.evenkeel.engine.problem;

import org.jspecify.annotations.NullMarked;

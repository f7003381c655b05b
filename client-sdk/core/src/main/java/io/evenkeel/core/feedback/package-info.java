/** The device's half of error feedback: what it sends, and what it remembers of what it could not send. */
@NullMarked
package io.evenkeel.core.feedback;

import org.jspecify.annotations.NullMarked;

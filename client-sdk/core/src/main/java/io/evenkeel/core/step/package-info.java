/** The coordinator's half of error feedback: the weighted sum of the clients' vectors, and the step along it. */
@NullMarked
package io.evenkeel.core.step;

import org.jspecify.annotations.NullMarked;

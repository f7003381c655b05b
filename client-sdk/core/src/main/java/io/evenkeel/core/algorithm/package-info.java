/** The algorithms by their names: which error feedback, which step rule, which schedules, with the theory's defaults. */
@NullMarked
package io.evenkeel.core.algorithm;

import org.jspecify.annotations.NullMarked;

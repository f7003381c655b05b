/** The draw of a round's participants, the same in the coordinator and in simulations. */
@NullMarked
package io.evenkeel.core.sampling;

import org.jspecify.annotations.NullMarked;

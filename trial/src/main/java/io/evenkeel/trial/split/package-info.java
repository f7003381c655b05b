/** How a data set is divided over the clients of a trial. */
@NullMarked
package io.evenkeel.trial.split;

import org.jspecify.annotations.NullMarked;

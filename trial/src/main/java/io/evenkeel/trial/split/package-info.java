/** Divides a data set among the clients of a trial. */
@NullMarked
package io.evenkeel.trial.split;

import org.jspecify.annotations.NullMarked;

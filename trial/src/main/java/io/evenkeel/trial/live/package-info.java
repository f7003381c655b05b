/** Comparisons of runs that real devices trained, made from the coordinator's round records. */
@NullMarked
package io.evenkeel.trial.live;

import org.jspecify.annotations.NullMarked;

/** Compares runs of real devices by the coordinator's round records. */
@NullMarked
package io.evenkeel.trial.live;

import org.jspecify.annotations.NullMarked;

/** Runs in this process, through core alone: both halves of the algorithms with no network between them. */
@NullMarked
package io.evenkeel.pilot.trial;

import org.jspecify.annotations.NullMarked;

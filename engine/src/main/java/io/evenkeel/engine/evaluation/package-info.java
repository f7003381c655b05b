/** An evaluation's state, what a site answers for its devices, and the statistics of groups. */
@NullMarked
package io.evenkeel.engine.evaluation;

import org.jspecify.annotations.NullMarked;

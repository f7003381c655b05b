/** An evaluation's state, a site's combined results, and the statistics of groups. */
@NullMarked
package io.evenkeel.engine.evaluation;

import org.jspecify.annotations.NullMarked;

/** An evaluation's state, a site's answer for its devices, and the statistics of groups. */
@NullMarked
package io.evenkeel.engine.evaluation;

import org.jspecify.annotations.NullMarked;

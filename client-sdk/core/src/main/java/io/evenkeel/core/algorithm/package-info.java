/** The named algorithms: error feedback, step rule and schedules of each, with the theory's defaults. */
@NullMarked
package io.evenkeel.core.algorithm;

import org.jspecify.annotations.NullMarked;

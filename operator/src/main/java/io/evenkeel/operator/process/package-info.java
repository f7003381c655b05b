/** Coordinators in JVMs of their own: the one place that knows how the coordinator is started. */
@NullMarked
package io.evenkeel.operator.process;

import org.jspecify.annotations.NullMarked;

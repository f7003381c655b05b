/** Starts coordinators in separate JVMs. */
@NullMarked
package io.evenkeel.operator.process;

import org.jspecify.annotations.NullMarked;

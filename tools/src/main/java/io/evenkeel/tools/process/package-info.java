/** Starts coordinators in separate JVMs. */
@NullMarked
package io.evenkeel.tools.process;

import org.jspecify.annotations.NullMarked;

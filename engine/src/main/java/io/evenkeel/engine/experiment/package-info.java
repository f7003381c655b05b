/** The assignment of an experiment's devices to its arms. */
@NullMarked
package io.evenkeel.engine.experiment;

import org.jspecify.annotations.NullMarked;

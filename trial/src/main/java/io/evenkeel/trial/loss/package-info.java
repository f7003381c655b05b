/** The clients' losses with their gradients and smoothness constants, bit-identical on every JVM. */
@NullMarked
package io.evenkeel.trial.loss;

import org.jspecify.annotations.NullMarked;

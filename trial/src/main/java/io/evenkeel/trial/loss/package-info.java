/** The clients' losses with their gradients and what is known of their smoothness, the same bits on every JVM. */
@NullMarked
package io.evenkeel.trial.loss;

import org.jspecify.annotations.NullMarked;

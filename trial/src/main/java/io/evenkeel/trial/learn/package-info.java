/** The perceptron: its loss and gradient on one client's samples, bit-identical on every JVM. */
@NullMarked
package io.evenkeel.trial.learn;

import org.jspecify.annotations.NullMarked;

/** What the trials learn: losses with their gradients in plain Java, the same bits on every JVM. */
@NullMarked
package io.evenkeel.trial.learn;

import org.jspecify.annotations.NullMarked;

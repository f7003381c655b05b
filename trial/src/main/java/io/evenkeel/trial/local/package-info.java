/** Simulated devices in this process that use a coordinator over HTTP. */
@NullMarked
package io.evenkeel.trial.local;

import org.jspecify.annotations.NullMarked;

/** Simulated devices in this process, which talk to a coordinator over HTTP as they would anywhere. */
@NullMarked
package io.evenkeel.trial.local;

import org.jspecify.annotations.NullMarked;

/** Devices of a training run that are killed and restarted. */
@NullMarked
package io.evenkeel.testkit.chaos.device;

import org.jspecify.annotations.NullMarked;

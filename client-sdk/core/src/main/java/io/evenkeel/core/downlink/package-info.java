/** The lossy downlink: the devices' model, which lags behind the coordinator's model. */
@NullMarked
package io.evenkeel.core.downlink;

import org.jspecify.annotations.NullMarked;

/** The lossy downlink: the model that devices have while the coordinator's own is ahead of it. */
@NullMarked
package io.evenkeel.core.downlink;

import org.jspecify.annotations.NullMarked;

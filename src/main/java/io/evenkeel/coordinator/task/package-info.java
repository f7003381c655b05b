/** What a device is told to do, and the requests of devices that wait for it. */
@NullMarked
package io.evenkeel.coordinator.task;

import org.jspecify.annotations.NullMarked;

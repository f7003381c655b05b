/** Assigns tasks to devices, and holds the requests of devices that wait for one. */
@NullMarked
package io.evenkeel.coordinator.task;

import org.jspecify.annotations.NullMarked;

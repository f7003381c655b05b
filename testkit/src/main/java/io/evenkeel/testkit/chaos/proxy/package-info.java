/** A proxy between devices and coordinators that injects faults and records the traffic. */
@NullMarked
package io.evenkeel.testkit.chaos.proxy;

import org.jspecify.annotations.NullMarked;

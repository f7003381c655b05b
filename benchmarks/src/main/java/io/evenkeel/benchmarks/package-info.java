/** JMH benchmarks of core: its cost on a device and in the coordinator. */
@NullMarked
package io.evenkeel.benchmarks;

import org.jspecify.annotations.NullMarked;

/** Loads a coordinator with the messages of a whole fleet, and measures its throughput. */
@NullMarked
package io.evenkeel.testkit.load;

import org.jspecify.annotations.NullMarked;

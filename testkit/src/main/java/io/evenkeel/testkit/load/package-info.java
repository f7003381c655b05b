/** Sends the messages of a whole fleet to a coordinator, and measures its throughput. */
@NullMarked
package io.evenkeel.testkit.load;

import org.jspecify.annotations.NullMarked;

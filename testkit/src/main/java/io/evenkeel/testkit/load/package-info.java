/** Loads a coordinator with the messages of a whole fleet, and measures what it bears. */
@NullMarked
package io.evenkeel.testkit.load;

import org.jspecify.annotations.NullMarked;

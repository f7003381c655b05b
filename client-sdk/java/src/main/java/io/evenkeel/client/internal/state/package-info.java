/** The state that a device keeps across restarts: its half of error feedback and the staged message. */
@NullMarked
package io.evenkeel.client.internal.state;

import org.jspecify.annotations.NullMarked;

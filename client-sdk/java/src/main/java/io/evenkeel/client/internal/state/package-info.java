/** What a device keeps across restarts: credentials, its half of error feedback, and the message under way. */
@NullMarked
package io.evenkeel.client.internal.state;

import org.jspecify.annotations.NullMarked;

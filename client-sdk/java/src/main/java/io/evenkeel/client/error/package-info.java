/** What can go wrong on a device, and what the coordinator said about it. */
@NullMarked
package io.evenkeel.client.error;

import org.jspecify.annotations.NullMarked;

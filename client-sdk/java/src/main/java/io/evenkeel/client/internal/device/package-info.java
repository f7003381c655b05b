/** The configuration of a device: settings, credentials, attributes, the limits of a session, and event listeners. */
@NullMarked
package io.evenkeel.client.internal.device;

import org.jspecify.annotations.NullMarked;

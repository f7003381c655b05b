/** The coordinator's HTTP API for devices: requests, responses and their fields. */
@NullMarked
package io.evenkeel.client.internal.protocol;

import org.jspecify.annotations.NullMarked;

/** Common parts of all transports: retries with jitter within one deadline, classified faults, limited bodies. */
@NullMarked
package io.evenkeel.client.internal.http;

import org.jspecify.annotations.NullMarked;

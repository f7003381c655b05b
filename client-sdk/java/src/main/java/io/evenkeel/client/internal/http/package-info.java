/** Common parts of all transports: retries with jitter inside one deadline, classified faults, limited bodies. */
@NullMarked
package io.evenkeel.client.internal.http;

import org.jspecify.annotations.NullMarked;

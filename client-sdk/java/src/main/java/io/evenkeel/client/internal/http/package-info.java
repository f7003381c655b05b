/** What all transports share: retries with jitter inside one deadline, classified faults, limited bodies. */
@NullMarked
package io.evenkeel.client.internal.http;

import org.jspecify.annotations.NullMarked;

/** Requests over the JDK's HTTP client: capped answers, timeouts by silence, retries with jitter inside one deadline. */
@NullMarked
package io.evenkeel.client.http;

import org.jspecify.annotations.NullMarked;

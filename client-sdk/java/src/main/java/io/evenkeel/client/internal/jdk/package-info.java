/** Parts of the transport over the JDK's HTTP client. Android lacks what they use. */
@NullMarked
package io.evenkeel.client.internal.jdk;

import org.jspecify.annotations.NullMarked;

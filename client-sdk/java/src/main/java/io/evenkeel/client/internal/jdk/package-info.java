/** Parts of the transport over the JDK's HTTP client. They use classes that Android lacks. */
@NullMarked
package io.evenkeel.client.internal.jdk;

import org.jspecify.annotations.NullMarked;

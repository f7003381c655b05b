/** The coordinator's interface as a device sees it. */
@NullMarked
package io.evenkeel.client.protocol;

import org.jspecify.annotations.NullMarked;

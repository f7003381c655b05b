/** The versioned binary wire format of client-sdk/FORMAT.md. */
@NullMarked
package io.evenkeel.core.wire;

import org.jspecify.annotations.NullMarked;

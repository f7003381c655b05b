/** The message types of the versioned binary format of client-sdk/FORMAT.md that contain frames. */
@NullMarked
package io.evenkeel.core.wire;

import org.jspecify.annotations.NullMarked;

/** The messages of the versioned binary format of client-sdk/FORMAT.md, which have frames in them. */
@NullMarked
package io.evenkeel.core.wire;

import org.jspecify.annotations.NullMarked;

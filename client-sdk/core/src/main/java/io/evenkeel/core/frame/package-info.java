/** A compressed vector as bytes: header, index, values, checksum, as client-sdk/FORMAT.md has them, and what all messages are read and written with. */
@NullMarked
package io.evenkeel.core.frame;

import org.jspecify.annotations.NullMarked;

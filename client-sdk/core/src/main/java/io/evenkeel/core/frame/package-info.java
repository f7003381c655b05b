/**
 * Codecs for compressed vectors (header, index, values, checksum; see client-sdk/FORMAT.md), and the readers
 * and writers of all messages.
 */
@NullMarked
package io.evenkeel.core.frame;

import org.jspecify.annotations.NullMarked;

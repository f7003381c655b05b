/** {@code evenkeel status}. */
@NullMarked
package io.evenkeel.cli.status;

import org.jspecify.annotations.NullMarked;

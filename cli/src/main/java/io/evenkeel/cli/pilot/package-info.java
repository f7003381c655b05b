/** {@code evenkeel pilot}: trials on one's own data. */
@NullMarked
package io.evenkeel.cli.pilot;

import org.jspecify.annotations.NullMarked;

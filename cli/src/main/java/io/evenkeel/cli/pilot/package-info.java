/** {@code evenkeel pilot}: trials on your own data. */
@NullMarked
package io.evenkeel.cli.pilot;

import org.jspecify.annotations.NullMarked;

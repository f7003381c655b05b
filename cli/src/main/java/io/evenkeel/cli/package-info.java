/** The {@code evenkeel} command; each of its commands has a package. */
@NullMarked
package io.evenkeel.cli;

import org.jspecify.annotations.NullMarked;

/** A device as the README shows it. */
@NullMarked
package io.evenkeel.example;

import org.jspecify.annotations.NullMarked;

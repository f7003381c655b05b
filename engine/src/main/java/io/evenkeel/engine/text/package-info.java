/** Formats of values in definitions and settings. */
@NullMarked
package io.evenkeel.engine.text;

import org.jspecify.annotations.NullMarked;

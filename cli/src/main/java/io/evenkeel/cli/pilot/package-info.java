/** The commands people type. */
@NullMarked
package io.evenkeel.cli.pilot;

import org.jspecify.annotations.NullMarked;

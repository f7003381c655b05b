/** The commands people type. */
@NullMarked
package io.evenkeel.pilot.command;

import org.jspecify.annotations.NullMarked;

/** The command that shows relays. */
@NullMarked
package io.evenkeel.cli.relays;

import org.jspecify.annotations.NullMarked;

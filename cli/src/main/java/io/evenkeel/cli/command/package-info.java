/** What the commands that use a coordinator have in common. */
@NullMarked
package io.evenkeel.cli.command;

import org.jspecify.annotations.NullMarked;

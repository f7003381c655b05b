/** Base classes and shared options of the commands that use a coordinator. */
@NullMarked
package io.evenkeel.cli.command;

import org.jspecify.annotations.NullMarked;

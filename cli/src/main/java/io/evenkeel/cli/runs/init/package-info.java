/** Writes commented run definitions, optionally for the tensors of a file. */
@NullMarked
package io.evenkeel.cli.runs.init;

import org.jspecify.annotations.NullMarked;

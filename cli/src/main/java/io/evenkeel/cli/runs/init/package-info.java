/** Writes commented definitions of runs, also from a file of tensors. */
@NullMarked
package io.evenkeel.cli.runs.init;

import org.jspecify.annotations.NullMarked;

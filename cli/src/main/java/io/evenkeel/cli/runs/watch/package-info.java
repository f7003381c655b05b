/** The live screen of a run. */
@NullMarked
package io.evenkeel.cli.runs.watch;

import org.jspecify.annotations.NullMarked;

/** Commands that create, control and inspect runs. */
@NullMarked
package io.evenkeel.cli.runs;

import org.jspecify.annotations.NullMarked;

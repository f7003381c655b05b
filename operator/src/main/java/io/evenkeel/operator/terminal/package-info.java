/** What is shown on a terminal: a progress line that is redrawn, and tables. */
@NullMarked
package io.evenkeel.operator.terminal;

import org.jspecify.annotations.NullMarked;

/** Terminal output: progress lines and tables. */
@NullMarked
package io.evenkeel.tools.terminal;

import org.jspecify.annotations.NullMarked;

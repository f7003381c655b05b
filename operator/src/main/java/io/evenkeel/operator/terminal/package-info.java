/** Terminal output: progress lines and tables. */
@NullMarked
package io.evenkeel.operator.terminal;

import org.jspecify.annotations.NullMarked;

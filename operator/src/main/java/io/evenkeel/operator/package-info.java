/** The coordinator's REST interface as an operator sees it: set runs up, watch them, fetch their models. */
@NullMarked
package io.evenkeel.operator;

import org.jspecify.annotations.NullMarked;

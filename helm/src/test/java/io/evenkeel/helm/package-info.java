/** Renders the chart with Helm and checks the result. */
@NullMarked
package io.evenkeel.helm;

import org.jspecify.annotations.NullMarked;

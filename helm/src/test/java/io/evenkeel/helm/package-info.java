/** Renders the chart with Helm and checks what comes out. */
@NullMarked
package io.evenkeel.helm;

import org.jspecify.annotations.NullMarked;

/** Draws curves with bands, dots, intervals and heat maps as inline SVG in the colours of their page. */
@NullMarked
package io.evenkeel.trial.plot;

import org.jspecify.annotations.NullMarked;

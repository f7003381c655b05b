/** Pictures as inline SVG: curves with bands, dots, intervals and heat maps, coloured by the page they stand in. */
@NullMarked
package io.evenkeel.trial.plot;

import org.jspecify.annotations.NullMarked;

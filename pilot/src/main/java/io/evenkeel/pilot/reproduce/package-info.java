/** The paper's experiments and the table of the design page by name: settings, claim, what came out. */
@NullMarked
package io.evenkeel.pilot.reproduce;

import org.jspecify.annotations.NullMarked;

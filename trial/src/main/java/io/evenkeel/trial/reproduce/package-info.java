/** The paper's experiments and the table of the design page by name: settings, claim, what came out. */
@NullMarked
package io.evenkeel.trial.reproduce;

import org.jspecify.annotations.NullMarked;

/** Formats the figures and the verdicts of trials in a language, for pages, terminals and files. */
@NullMarked
package io.evenkeel.trial.text;

import org.jspecify.annotations.NullMarked;

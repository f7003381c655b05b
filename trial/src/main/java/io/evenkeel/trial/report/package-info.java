/** Writes report.html: the results of a trial in one self-contained, human-readable file. */
@NullMarked
package io.evenkeel.trial.report;

import org.jspecify.annotations.NullMarked;

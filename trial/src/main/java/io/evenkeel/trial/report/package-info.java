/** Writes report.html: the results of a trial in one self-contained file for people. */
@NullMarked
package io.evenkeel.trial.report;

import org.jspecify.annotations.NullMarked;

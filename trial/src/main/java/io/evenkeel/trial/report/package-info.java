/** report.html: what a trial found, for people, in one file that needs nothing else. */
@NullMarked
package io.evenkeel.trial.report;

import org.jspecify.annotations.NullMarked;

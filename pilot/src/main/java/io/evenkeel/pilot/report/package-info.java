/** report.html: what a trial found, for people, in one file that needs nothing else. */
@NullMarked
package io.evenkeel.pilot.report;

import org.jspecify.annotations.NullMarked;

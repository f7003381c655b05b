/** The evidence of a run, its expected result, and the checks. */
@NullMarked
package io.evenkeel.testkit.chaos.verdict;

import org.jspecify.annotations.NullMarked;

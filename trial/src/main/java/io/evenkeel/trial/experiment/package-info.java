/** What a trial does, as a file can say it. */
@NullMarked
package io.evenkeel.trial.experiment;

import org.jspecify.annotations.NullMarked;

/** What happens to a data set before training: samples held out, features and labels standardized. */
@NullMarked
package io.evenkeel.trial.prepare;

import org.jspecify.annotations.NullMarked;

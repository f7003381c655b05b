/** Reads the data of a trial from files of common formats, and generates data. */
@NullMarked
package io.evenkeel.trial.source;

import org.jspecify.annotations.NullMarked;

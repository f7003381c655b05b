/** The folder a trial leaves behind, and what can be read back from it. */
@NullMarked
package io.evenkeel.trial.result;

import org.jspecify.annotations.NullMarked;

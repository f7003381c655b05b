/** Images by class, from folders and archives, made into samples. */
@NullMarked
package io.evenkeel.trial.image;

import org.jspecify.annotations.NullMarked;

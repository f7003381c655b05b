/** Reads images by class from folders and archives as samples. */
@NullMarked
package io.evenkeel.trial.image;

import org.jspecify.annotations.NullMarked;

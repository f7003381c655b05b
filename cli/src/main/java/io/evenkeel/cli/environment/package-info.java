/** The process as commands see it: streams, variables and pauses, which tests replace; modes of private files. */
@NullMarked
package io.evenkeel.cli.environment;

import org.jspecify.annotations.NullMarked;

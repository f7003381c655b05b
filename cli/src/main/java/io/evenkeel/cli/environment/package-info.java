/** The process as commands see it: streams, variables and pauses, which tests replace. */
@NullMarked
package io.evenkeel.cli.environment;

import org.jspecify.annotations.NullMarked;

/** The operators' web console: its static files, and the summaries that only the console needs. */
@NullMarked
package io.evenkeel.coordinator.console;

import org.jspecify.annotations.NullMarked;

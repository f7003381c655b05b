/** The operators' web page: its static files, and the summaries that only a page needs. */
@NullMarked
package io.evenkeel.coordinator.console;

import org.jspecify.annotations.NullMarked;

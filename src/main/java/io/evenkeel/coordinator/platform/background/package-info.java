/** Background work: repeats work on Spring's task scheduler while the application runs. */
@NullMarked
package io.evenkeel.coordinator.platform.background;

import org.jspecify.annotations.NullMarked;

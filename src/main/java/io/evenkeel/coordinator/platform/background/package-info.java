/** Background work, which Spring's task scheduler repeats while the application runs. */
@NullMarked
package io.evenkeel.coordinator.platform.background;

import org.jspecify.annotations.NullMarked;

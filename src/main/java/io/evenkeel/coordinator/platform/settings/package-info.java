/** Refuses settings that nothing reads, and values that cannot be used. */
@NullMarked
package io.evenkeel.coordinator.platform.settings;

import org.jspecify.annotations.NullMarked;

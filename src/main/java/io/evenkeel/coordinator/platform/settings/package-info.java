/** Refuses settings that nothing reads. */
@NullMarked
package io.evenkeel.coordinator.platform.settings;

import org.jspecify.annotations.NullMarked;

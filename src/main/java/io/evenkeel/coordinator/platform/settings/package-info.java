/** The check at startup that refuses unknown settings and invalid values. */
@NullMarked
package io.evenkeel.coordinator.platform.settings;

import org.jspecify.annotations.NullMarked;

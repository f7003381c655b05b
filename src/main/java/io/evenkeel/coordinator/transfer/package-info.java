/** Exports runs and models to a file, and imports them elsewhere, for migrations and backups. */
@NullMarked
package io.evenkeel.coordinator.transfer;

import org.jspecify.annotations.NullMarked;

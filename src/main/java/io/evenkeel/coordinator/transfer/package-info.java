/** Export of a run to one file, and import of it elsewhere: for moving and for backups. */
@NullMarked
package io.evenkeel.coordinator.transfer;

import org.jspecify.annotations.NullMarked;

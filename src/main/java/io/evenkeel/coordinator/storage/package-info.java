/** What differs between the databases: the type of payload columns, connections' settings, and how a commit is forced to the disk. */
@NullMarked
package io.evenkeel.coordinator.storage;

import org.jspecify.annotations.NullMarked;

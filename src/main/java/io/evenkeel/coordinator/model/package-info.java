/** Models: the state x and S in memory, checkpoints and updates, uploads and downloads. */
@NullMarked
package io.evenkeel.coordinator.model;

import org.jspecify.annotations.NullMarked;

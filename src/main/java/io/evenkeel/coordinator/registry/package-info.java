/**
 * The model registry: named models with immutable versions and movable aliases, used by operators and by devices that
 * follow an alias.
 */
@NullMarked
package io.evenkeel.coordinator.registry;

import org.jspecify.annotations.NullMarked;

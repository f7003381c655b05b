/** The definition of a run: its checks, the plan derived from it, its revisions, and its stop conditions. */
@NullMarked
package io.evenkeel.coordinator.definition;

import org.jspecify.annotations.NullMarked;

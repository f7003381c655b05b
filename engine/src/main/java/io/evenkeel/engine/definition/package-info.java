/**
 * The definition of a run: its checks, the plan derived from it, the rules that may change, and its stop
 * conditions.
 */
@NullMarked
package io.evenkeel.engine.definition;

import org.jspecify.annotations.NullMarked;

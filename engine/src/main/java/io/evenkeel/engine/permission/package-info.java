/** Permissions of operators' and viewers' tokens: roles, rights, and patterns of runs' names. */
@NullMarked
package io.evenkeel.engine.permission;

import org.jspecify.annotations.NullMarked;

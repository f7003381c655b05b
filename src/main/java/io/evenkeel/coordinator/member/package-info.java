/** The members of runs as stored: their rows, chains, snapshots and spent budgets, and lists of them. */
@NullMarked
package io.evenkeel.coordinator.member;

import org.jspecify.annotations.NullMarked;

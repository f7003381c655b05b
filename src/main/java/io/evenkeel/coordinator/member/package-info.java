/** The stored data of runs' members: rows, chains, snapshots, spent privacy budgets, and lists of members. */
@NullMarked
package io.evenkeel.coordinator.member;

import org.jspecify.annotations.NullMarked;

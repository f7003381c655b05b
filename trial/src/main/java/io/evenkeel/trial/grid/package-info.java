/**
 * Runs trials over grids of settings: a sweep that a user chooses, or the standard ones of a study; writes
 * one folder.
 */
@NullMarked
package io.evenkeel.trial.grid;

import org.jspecify.annotations.NullMarked;

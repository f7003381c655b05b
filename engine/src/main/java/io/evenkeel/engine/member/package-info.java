/** The members of a run: their rows, and the rules of joining and of weights. */
@NullMarked
package io.evenkeel.engine.member;

import org.jspecify.annotations.NullMarked;

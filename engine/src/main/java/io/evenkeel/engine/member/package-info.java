/** The members of a run: their rows, and who may join with which weight. */
@NullMarked
package io.evenkeel.engine.member;

import org.jspecify.annotations.NullMarked;

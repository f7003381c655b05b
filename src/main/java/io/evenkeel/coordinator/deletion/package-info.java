/** Deletion of runs, evaluations, revoked devices and spent enrolment tokens, individually and by age. */
@NullMarked
package io.evenkeel.coordinator.deletion;

import org.jspecify.annotations.NullMarked;

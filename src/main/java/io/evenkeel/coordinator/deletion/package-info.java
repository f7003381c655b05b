/** Deletion of runs, evaluations, revoked devices and spent enrolment tokens, one by one and by age. */
@NullMarked
package io.evenkeel.coordinator.deletion;

import org.jspecify.annotations.NullMarked;

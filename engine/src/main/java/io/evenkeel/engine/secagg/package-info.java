/** A cohort of secure aggregation: when its steps end, which frames they take, and who is left out of it. */
@NullMarked
package io.evenkeel.engine.secagg;

import org.jspecify.annotations.NullMarked;

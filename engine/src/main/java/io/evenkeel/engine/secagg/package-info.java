/**
 * The rules of a cohort of secure aggregation: when its steps end, which frames they accept, and which members it
 * excludes.
 */
@NullMarked
package io.evenkeel.engine.secagg;

import org.jspecify.annotations.NullMarked;

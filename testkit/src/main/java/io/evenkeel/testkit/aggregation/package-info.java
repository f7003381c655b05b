/** Measures what secure aggregation costs devices and coordinator. */
@NullMarked
package io.evenkeel.testkit.aggregation;

import org.jspecify.annotations.NullMarked;

/** Measures the cost of secure aggregation for devices and coordinator. */
@NullMarked
package io.evenkeel.testkit.aggregation;

import org.jspecify.annotations.NullMarked;

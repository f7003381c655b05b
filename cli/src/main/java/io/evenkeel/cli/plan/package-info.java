/**
 * {@code evenkeel plan}: computes from a fleet and its run what a coordinator, its database and its object
 * store need.
 */
@NullMarked
package io.evenkeel.cli.plan;

import org.jspecify.annotations.NullMarked;

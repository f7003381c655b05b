/** Chaos and load tests for releases. Not part of an image. */
@NullMarked
package io.evenkeel.testkit;

import org.jspecify.annotations.NullMarked;

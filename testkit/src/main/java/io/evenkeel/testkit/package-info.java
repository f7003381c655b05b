/** Chaos and load: what a release is checked with. In no image. */
@NullMarked
package io.evenkeel.testkit;

import org.jspecify.annotations.NullMarked;

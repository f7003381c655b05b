@NullMarked
package io.evenkeel.coordinator;

import org.jspecify.annotations.NullMarked;

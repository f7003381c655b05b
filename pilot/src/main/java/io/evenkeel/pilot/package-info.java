@NullMarked
package io.evenkeel.pilot;

import org.jspecify.annotations.NullMarked;

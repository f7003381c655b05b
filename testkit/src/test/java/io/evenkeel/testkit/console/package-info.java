/** Tests the console in a real browser against a real coordinator. */
@NullMarked
package io.evenkeel.testkit.console;

import org.jspecify.annotations.NullMarked;

/** What commands take from their process, so that tests can replace it. */
@NullMarked
package io.evenkeel.cli.environment;

import org.jspecify.annotations.NullMarked;

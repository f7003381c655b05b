/** A client of the coordinator's REST API for operators: creates runs, polls them, downloads their models. */
@NullMarked
package io.evenkeel.tools;

import org.jspecify.annotations.NullMarked;

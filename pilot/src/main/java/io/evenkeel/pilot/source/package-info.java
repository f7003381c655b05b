/** Where a trial's data comes from: files in the formats people have, the shipped digits, and generators. */
@NullMarked
package io.evenkeel.pilot.source;

import org.jspecify.annotations.NullMarked;

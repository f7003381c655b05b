/** Where a trial's data comes from: files in the formats people have, the shipped digits, and generators. */
@NullMarked
package io.evenkeel.trial.source;

import org.jspecify.annotations.NullMarked;

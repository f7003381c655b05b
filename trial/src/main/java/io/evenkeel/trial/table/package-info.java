/** Tables as people have them: CSV files with missing values, categories and numbers, made into samples. */
@NullMarked
package io.evenkeel.trial.table;

import org.jspecify.annotations.NullMarked;

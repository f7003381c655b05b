/** Reads CSV files with numbers, categories and missing values as samples. */
@NullMarked
package io.evenkeel.trial.table;

import org.jspecify.annotations.NullMarked;

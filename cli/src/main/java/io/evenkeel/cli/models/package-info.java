/** {@code evenkeel models}: the model registry. */
@NullMarked
package io.evenkeel.cli.models;

import org.jspecify.annotations.NullMarked;

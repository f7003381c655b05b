/** Reads and writes JSON objects with nanojson, which nothing else refers to. */
@NullMarked
package io.evenkeel.client.internal.json;

import org.jspecify.annotations.NullMarked;

/** Reads and writes JSON objects. The only package that uses nanojson. */
@NullMarked
package io.evenkeel.client.internal.json;

import org.jspecify.annotations.NullMarked;

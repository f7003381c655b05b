/** Descriptions of the named methods. Each method has its own entry; {@code algorithm.Catalogue} lists them. */
@NullMarked
package io.evenkeel.core.catalogue;

import org.jspecify.annotations.NullMarked;

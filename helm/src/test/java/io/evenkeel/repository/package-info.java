/** What holds for the whole repository, read from its files: names of classes, sizes of packages, documents and what they name. */
@NullMarked
package io.evenkeel.repository;

import org.jspecify.annotations.NullMarked;

/**
 * Tests rules for the whole repository on its files: names of classes, sizes of packages, and the links and names in
 * documents.
 */
@NullMarked
package io.evenkeel.repository;

import org.jspecify.annotations.NullMarked;

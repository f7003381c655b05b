/**
 * Stores of immutable objects, in a folder or in S3. The store in the database is in
 * {@code platform.storage}, with the other tables.
 */
@NullMarked
package io.evenkeel.coordinator.platform.objects;

import org.jspecify.annotations.NullMarked;

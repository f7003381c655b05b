/** Stores of immutable objects: in a folder, and in S3. The one in the database is beside the other tables, in {@code platform.storage}. */
@NullMarked
package io.evenkeel.coordinator.platform.objects;

import org.jspecify.annotations.NullMarked;

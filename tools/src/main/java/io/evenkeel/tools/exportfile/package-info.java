/** Reads the file of an exported run and verifies its checksums. The coordinator defines the records' content. */
@NullMarked
package io.evenkeel.tools.exportfile;

import org.jspecify.annotations.NullMarked;

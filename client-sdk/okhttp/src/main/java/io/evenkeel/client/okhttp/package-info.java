/** A transport over OkHttp, for Android and for programs that use OkHttp already. */
@NullMarked
package io.evenkeel.client.okhttp;

import org.jspecify.annotations.NullMarked;

package io.evenkeel.engine.chain;

import org.jspecify.annotations.Nullable;

/**
 * A link of a run's hash chain. It has a separate hash for each part that it covers, so that a check can name
 * the table that differs.
 *
 * @param place 0, 1, 2, ... in the chain
 * @param covers the kind of content
 * @param number the number of the revision, with 0 for the definition as created, or of the round
 * @param content hash of the definition, the revision or the round's record
 * @param messages for a round, the hash of its messages
 * @param update for a round, the digest of its changes to the model
 * @param hash SHA-256 of the previous link's hash and of all the above
 */
public record ChainLink(
        int place,
        Covers covers,
        int number,
        String content,
        @Nullable String messages,
        @Nullable Long update,
        String hash) {

    /** The kind of content that a link covers. The names are stored. */
    public enum Covers {
        REVISION,
        ROUND
    }

    /** Returns the link of a definition, or of a change to it. */
    public static ChainLink revision(@Nullable ChainLink before, int number, String content) {
        return after(before, Covers.REVISION, number, content, null, null);
    }

    /** Returns the link of a closed round. */
    public static ChainLink round(
            @Nullable ChainLink before, int number, String content, String messages, long update) {
        return after(before, Covers.ROUND, number, content, messages, update);
    }

    private static ChainLink after(
            @Nullable ChainLink before,
            Covers covers,
            int number,
            String content,
            @Nullable String messages,
            @Nullable Long update) {
        int place = before == null ? 0 : before.place + 1;
        String hash = new ContentHash()
                .add(before == null ? null : before.hash, place, covers, number, content, messages, update)
                .hex();
        return new ChainLink(place, covers, number, content, messages, update, hash);
    }

    /** Returns whether this link can follow the given one, or begin a chain. */
    public boolean follows(@Nullable ChainLink before) {
        return equals(after(before, covers, number, content, messages, update));
    }
}

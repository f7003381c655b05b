package io.evenkeel.trial.table;

/**
 * A column and its role.
 *
 * @param index its index, from 0
 * @param profile its content
 * @param role its role
 * @param reason why it is dropped; empty for other roles
 */
record Column(int index, ColumnProfile profile, Role role, String reason) {

    /** The role of a column. */
    enum Role {
        LABEL("label"),
        CLIENT("client"),
        NUMBER("number"),
        CATEGORY("category"),
        DROP("drop");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    Column(int index, ColumnProfile profile, Role role) {
        this(index, profile, role, "");
    }

    String name() {
        return profile.name();
    }
}

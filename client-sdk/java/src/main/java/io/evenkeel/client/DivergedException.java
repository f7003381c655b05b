package io.evenkeel.client;

/** Device and coordinator do not agree on which messages were accepted: a copied or restored state folder, most likely. */
public class DivergedException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Says where each side stands, what the likely cause is, and what to do now. */
    public DivergedException(String message) {
        super(message);
    }
}

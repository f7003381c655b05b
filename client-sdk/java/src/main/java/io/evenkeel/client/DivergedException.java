package io.evenkeel.client;

/**
 * Thrown if the device and the coordinator disagree about which messages were accepted, most likely because
 * of a copied or restored state folder.
 */
public class DivergedException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message names the position of each side, the likely cause and what to do. */
    public DivergedException(String message) {
        super(message);
    }
}

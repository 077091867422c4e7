package tandem.model.balance;

/**
 * What of the encoder keeps its first values, running statistics included.
 *
 * @param stages the stem and this many stages less one are frozen: 0 for none, 5 for the whole encoder
 */
public record FreezeSettings(int stages) {

    /** Rejects what cannot be run. */
    public FreezeSettings {
        if (stages < 0 || stages > 5) {
            throw new IllegalArgumentException("frozen stages must be from 0 to 5, not " + stages);
        }
    }

    /** Everything is trained. */
    public static FreezeSettings none() {
        return new FreezeSettings(0);
    }
}

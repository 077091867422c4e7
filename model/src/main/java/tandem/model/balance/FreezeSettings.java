package tandem.model.balance;

/**
 * What of the encoder keeps its first values, running statistics included.
 *
 * @param stages parts frozen from the input on: 0 for none, 1 for the stem (first convolution), 2 for the first stage
 *     (layer1) too, and so on to 5 for the whole encoder
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

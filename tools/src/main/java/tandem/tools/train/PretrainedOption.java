package tandem.tools.train;

import java.io.IOException;
import picocli.CommandLine.Option;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.train.InitialEncoder;
import tandem.tools.InputException;

/** {@code --pretrained}: the encoder that new networks start from. */
public final class PretrainedOption {

    @Option(
            names = "--pretrained",
            paramLabel = "FILE",
            order = 9,
            description =
                    "Start from the encoder of a checkpoint, whatever its classes, or of torchvision or timm (.safetensors, .pth); "
                            + "'shipped' for the encoder of Tandem (half width), 'none' for random initial weights. Default: the shipped "
                            + "one where this build contains it and it fits the network.")
    private String text;

    /** Whether it is given. */
    boolean given() {
        return text != null;
    }

    /** Whether it is given and the encoder has trained values. */
    boolean givesTrainedValues() {
        return text != null && !text.equals(InitialEncoder.RANDOM.text());
    }

    /**
     * The encoder for a network.
     *
     * @throws IOException when the file cannot be read
     */
    public InitialEncoder encoder(NetworkSettings network) throws IOException {
        if (text == null) {
            return InitialEncoder.standard(network);
        }
        if (text.equals("shipped") && !ShippedWeights.exist()) {
            throw new InputException(
                    "--pretrained shipped: this build contains no pretrained encoder; make one with 'tandem pretrain'");
        }
        return InitialEncoder.of(text);
    }
}

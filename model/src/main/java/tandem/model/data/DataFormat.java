package tandem.model.data;

import java.util.List;
import java.util.Optional;

/**
 * A layout of data sets. A further layout is one class that implements this and enters {@link #ALL}; most return a
 * {@link FolderReader}.
 */
sealed interface DataFormat permits VocFormat, CocoFormat, YoloFormat, LabelmeFormat, XmlFormat, MaskFormat {

    /** Every layout, in the order of messages. */
    List<DataFormat> ALL = List.of(
            new VocFormat(),
            new CocoFormat(),
            new YoloFormat(),
            new LabelmeFormat(),
            new XmlFormat(),
            new MaskFormat());

    /** The name in options. */
    String name();

    /** The name in messages. */
    String title();

    /** The files that it is recognized by, for the message that nothing was recognized. */
    String lookedFor();

    /** Why a folder, or the file that was given, has this layout; empty when it has not. */
    Optional<String> evidence(DataFolder folder);

    /**
     * Opens it.
     *
     * @throws DataException when the folder does not have this layout
     */
    DataReader open(DataFolder folder, ReadingOptions options);
}

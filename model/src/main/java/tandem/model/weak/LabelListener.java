package tandem.model.weak;

/** Is told how far the making of labels is and what came of it. */
public interface LabelListener {

    /** Images {@code done} of {@code images} are done; {@code what} says at what, for people. */
    void preparing(String what, int done, int images);

    /** One kind of label is ready. */
    void made(LabelCount count);

    /** Listens to nothing. */
    LabelListener NONE = new LabelListener() {
        @Override
        public void preparing(String what, int done, int images) {}

        @Override
        public void made(LabelCount count) {}
    };
}

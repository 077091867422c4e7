package tandem.model.network;

/** How the levels of the pyramid are combined. */
public enum NeckType {
    /** Top-down additions (Lin et al. 2017). */
    FPN,
    /** Top-down, then bottom-up additions (Liu et al. 2018). */
    PAFPN
}

/**
 * The network: a ResNet encoder, a neck that turns its maps into a pyramid, and two heads, one for boxes and one for
 * masks. API: {@link tandem.model.network.NetworkSettings}. All else is internal. Start at
 * {@link tandem.model.network.Network}, which appends the network to a graph in its training form or, with batch
 * normalization folded into the convolutions, in its inference form.
 */
package tandem.model.network;

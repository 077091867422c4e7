/** Commands about data sets themselves, without a network: {@link tandem.tools.data.ConvertCommand}. */
package tandem.tools.data;

/**
 * Settings of training that fit a data set. API. Start at {@link tandem.model.recipe.TrainingRecipe}: it chooses
 * settings from {@link tandem.model.recipe.DataFacts} and gives a {@link tandem.model.recipe.Choice} with its reason
 * for each.
 */
package tandem.model.recipe;

/** Labels nobody drew: masks made from boxes, boxes made from masks, and a teacher's predictions. Start with {@link WeakSettings}. */
package tandem.model.weak;

/** What is told of an actor as it is, when somebody begins to watch it, instead of an event. */
export const nowType = '@now';

/** Somebody who keeps every word, too. */
export function parrot(words: string): string {
  const said = words || 'verbatim!';
  return [
    `     __`,
    `    /o \\   "${said}"`,
    `    \\_  >   said the parrot, word for word`,
    `    / \\ \\`,
    `   /___\\_|`,
    `  ===""===`,
  ].join('\n');
}

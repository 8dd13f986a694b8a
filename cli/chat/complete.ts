/** What Tab offers: commands, and names that were heard of. Pure. */
import { commandOf, listedCommands } from './commands.ts';
import type { Completion, State } from './state.ts';

/** @returns undefined where there is nothing to complete. */
export function completionOf(
  state: Pick<State, 'names' | 'conversations' | 'current'>,
  before: string,
  after: string,
): Completion | undefined {
  const { prefix, candidates } = offers(state, before);
  if (candidates.length === 0) return undefined;
  return { candidates, index: -1, before: before.slice(0, before.length - prefix.length), after };
}

/** The name that is being typed, to be looked up where no one heard of fits. */
export function unknownName(before: string): string | undefined {
  const [, word = ''] = /(?:^|\s)@?([^\s/@]+)$/.exec(before) ?? [];
  return word === '' ? undefined : word;
}

/** @param by 1: the next one, -1: the one before. */
export function turned(completion: Completion, by: 1 | -1): Completion {
  const { candidates, index } = completion;
  const from = index < 0 && by < 0 ? 0 : index;
  return { ...completion, index: (from + by + candidates.length) % candidates.length };
}

function offers(
  { names, conversations, current }: Pick<State, 'names' | 'conversations' | 'current'>,
  before: string,
): { prefix: string; candidates: string[] } {
  const command = /^\/(?!\/)([a-z ]*)$/.exec(before)?.[1];
  if (command !== undefined) {
    const found = listedCommands.filter((name) => name.startsWith(command));
    if (found.length > 0) return { prefix: before, candidates: found.map((name) => `/${name} `) };
  }
  const [, name = '', argument] = /^\/(delete account|[a-z]+) +(.*)$/s.exec(before) ?? [];
  const known = listedCommands.find((one) => one === name);
  const completes = known ? commandOf(known).completes : 'names';
  if (argument !== undefined && completes === 'everywhere') return fitting(argument, ['everywhere']);
  if (argument !== undefined && completes === 'commands') return fitting(argument, listedCommands);
  if (completes !== 'names') return { prefix: '', candidates: [] };
  const [, at = '', word = ''] = /(?:^|\s)(@?)(\S*)$/.exec(before) ?? [];
  if (word === '' && !before.startsWith('/')) return { prefix: '', candidates: [] };
  const here = conversations.find(({ key }) => key === current)?.others.map((one) => one.name) ?? [];
  const { candidates } = fitting(word, [...new Set([...here, ...names])]);
  const isAddress = before === word && !before.startsWith('/');
  return {
    prefix: at + word,
    candidates: candidates.map((one) => `${at}${one}${isAddress ? ': ' : ' '}`),
  };
}

function fitting(prefix: string, words: readonly string[]): { prefix: string; candidates: string[] } {
  const begin = prefix.toLowerCase();
  return { prefix, candidates: words.filter((word) => word.toLowerCase().startsWith(begin)) };
}

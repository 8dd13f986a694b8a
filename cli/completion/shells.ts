/** Scripts that complete what is typed after `verbatim`: all is in them, so that no key has to wait for a program. */
import type { CompletedCommand, CompletedOption, Value } from './tree.ts';

type Script = (commands: readonly CompletedCommand[]) => string;

export const shells = { bash, zsh, fish } as const satisfies Record<string, Script>;
export type Shell = keyof typeof shells;

/** A command with the names of those above it before its own. */
interface Placed extends CompletedCommand {
  readonly path: string;
}

function withAllBelow(commands: readonly CompletedCommand[], above = ''): Placed[] {
  return commands.flatMap((command) => {
    const path = `${above}${command.name}`;
    return [{ ...command, path }, ...withAllBelow(command.commands, `${path} `)];
  });
}

function bash(commands: readonly CompletedCommand[]): string {
  const all = withAllBelow(commands);
  const values = all.flatMap(({ path, options }) =>
    options.flatMap((option) => {
      const action = bashValue(option.value);
      return action === undefined ? [] : [`    '${path} ${option.name}') ${action}; return ;;`];
    }),
  );
  const words = all.map(
    ({ path, options, words, commands }) =>
      `    '${path}') words='${[...names(commands), ...words, ...names(options)].join(' ')}' ;;`,
  );
  return `# verbatim completion bash; in ~/.bashrc: source <(verbatim completion bash)
_verbatim() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    word="\${command:+$command }$word"
    case $word in ${all.map(({ path }) => `'${path}'`).join('|')}) command=$word ;; esac
  done
  COMPREPLY=()
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
    '') words='${[...names(commands), 'help', '--help', '--version'].join(' ')}' ;;
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _verbatim verbatim
`;
}

function names(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name);
}

function bashValue(value: Value): string | undefined {
  if (value === 'none') return undefined;
  if (value === 'free') return ':';
  if (value === 'file') return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))';
  if (value === 'folder') return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"))';
  return `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$current"))`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef verbatim
# verbatim completion zsh; in ~/.zshrc, after compinit: source <(verbatim completion zsh)
_verbatim() {
  local -a commands
${zshLevel(commands)}
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _verbatim "$@"; else compdef _verbatim verbatim; fi
`;
}

/** Which commands there are, and what follows each: other commands, or options and words. */
function zshLevel(commands: readonly CompletedCommand[]): string {
  const described = commands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  );
  return `  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map((command) => `    ${command.name})\n${zshAfter(command)} ;;`).join('\n')}
  esac`;
}

function zshAfter({ options, words, commands }: CompletedCommand): string {
  if (commands.length > 0) return zshLevel(commands);
  const first = words.length > 0 ? `:word:(${words.join(' ')})` : ':word:';
  return `      _arguments \\\n        ${[...options.map(zshOption), first].map(quoted).join(' \\\n        ')}`;
}

function zshOption({ name, description, value }: CompletedOption): string {
  const text = `${name}[${description.replace(/[[\]\\:]/g, '\\$&')}]`;
  if (value === 'none') return text;
  if (value === 'free') return `${text}:value:`;
  if (value === 'file') return `${text}:file:_files`;
  if (value === 'folder') return `${text}:folder:_files -/`;
  return `${text}:value:(${value.join(' ')})`;
}

function fish(commands: readonly CompletedCommand[]): string {
  return `# verbatim completion fish; as a file: verbatim completion fish > ~/.config/fish/completions/verbatim.fish
complete -c verbatim -f
${fishLevel(commands, '').join('\n')}
`;
}

/** @param seen that the line holds the commands above these. */
function fishLevel(commands: readonly CompletedCommand[], seen: string): string[] {
  const none = `${seen}not __fish_seen_subcommand_from ${names(commands).join(' ')}`;
  return commands.flatMap(({ name, summary, options, words, commands: below }) => {
    const here = `${seen}__fish_seen_subcommand_from ${name}`;
    const follows = `complete -c verbatim -n ${fishQuoted(here)}`;
    return [
      `complete -c verbatim -n ${fishQuoted(none)} -a ${name} -d ${fishQuoted(summary)}`,
      ...words.map((word) => `${follows} -a ${word}`),
      ...options.map(({ name: option, description, value }) =>
        [follows, `-l ${option.slice(2)}`, fishValue(value), `-d ${fishQuoted(description)}`]
          .filter(Boolean)
          .join(' '),
      ),
      ...(below.length > 0 ? fishLevel(below, `${here}; and `) : []),
    ];
  });
}

function fishValue(value: Value): string {
  if (value === 'none') return '';
  if (value === 'free') return '-x';
  if (value === 'file') return '-r -F';
  if (value === 'folder') return `-x -a '(__fish_complete_directories)'`;
  return `-x -a ${fishQuoted(value.join(' '))}`;
}

/** For sh and its kin. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Scripts that complete what is typed after `verbatim`: all is in them, so that no key has to wait for a program. */
import type { CompletedCommand, CompletedOption, Value } from './tree.ts';

type Script = (commands: readonly CompletedCommand[]) => string;

export const shells = { bash, zsh, fish } as const satisfies Record<string, Script>;
export type Shell = keyof typeof shells;

function bash(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) => {
      const action = bashValue(option.value);
      return action === undefined ? [] : [`    '${name} ${option.name}') ${action}; return ;;`];
    }),
  );
  const words = commands.map(
    ({ name, options, words }) =>
      `    ${name}) words='${[...words, ...options.map((option) => option.name)].join(' ')}' ;;`,
  );
  return `# verbatim completion bash; in ~/.bashrc: source <(verbatim completion bash)
_verbatim() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join('|')}) command=$word; break ;; esac
  done
  COMPREPLY=()
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
    '') words='${[...names, 'help', '--help', '--version'].join(' ')}' ;;
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _verbatim verbatim
`;
}

function bashValue(value: Value): string | undefined {
  if (value === 'none') return undefined;
  if (value === 'free') return ':';
  if (value === 'file') return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))';
  if (value === 'folder') return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"))';
  return `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$current"))`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.map(
    ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  );
  const cases = commands.map(({ name, options, words }) => {
    const specs = options.map(zshOption);
    const first = words.length > 0 ? `:word:(${words.join(' ')})` : ':word:';
    return `    ${name})\n      _arguments \\\n        ${[...specs, first].map(quoted).join(' \\\n        ')} ;;`;
  });
  return `#compdef verbatim
# verbatim completion zsh; in ~/.zshrc, after compinit: source <(verbatim completion zsh)
_verbatim() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _verbatim "$@"; else compdef _verbatim verbatim; fi
`;
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
  const names = commands.map(({ name }) => name);
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const here = `complete -c verbatim -n ${fishQuoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c verbatim -n "not __fish_seen_subcommand_from $commands" -a ${name} -d ${fishQuoted(summary)}`,
      ...words.map((word) => `${here} -a ${word}`),
      ...options.map(({ name: option, description, value }) =>
        [here, `-l ${option.slice(2)}`, fishValue(value), `-d ${fishQuoted(description)}`]
          .filter(Boolean)
          .join(' '),
      ),
    ];
  });
  return `# verbatim completion fish; as a file: verbatim completion fish > ~/.config/fish/completions/verbatim.fish
set -l commands ${names.join(' ')}
complete -c verbatim -f
${lines.join('\n')}
`;
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

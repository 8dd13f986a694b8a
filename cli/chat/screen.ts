/** Where a chat reads and writes: a terminal, where lines appear above what is being typed, or a pipe. */

export interface Screen {
  readonly isTerminal: boolean;
  /** The next line typed; undefined when no more will come. */
  read(): Promise<string | undefined>;
  /** The answer to a question; undefined after Ctrl-C, and when no more will come. */
  ask(question: string): Promise<string | undefined>;
  print(line: string): Promise<void> | void;
  /** What stands before what is typed. */
  setPrompt(prompt: string): void;
  /** While locked nothing that is typed is taken but a command, for `onCommand`; what was typed before stays. */
  setLocked(isLocked: boolean): void;
  /** Takes the line typed last off the screen again, where it stands last: it comes back once it is said. */
  eraseTyped(): void;
  /** What Ctrl-C does; undefined: it ends the input. */
  onInterrupt: (() => void) | undefined;
  /** Takes a command that was typed while locked. */
  onCommand: ((line: string) => void) | undefined;
  close(): void;
}

/** What a node tells its operator, one line an occurrence; never a secret, never a message's text. */
export interface Journal {
  /** Something an operator wants to know: elections, silence, damage. */
  notice(line: string): void;
  /** Something that helps to find a fault. */
  detail(line: string): void;
}

/**
 * What an actor is called where all clients hear it: its id would tell them whom somebody looks at. A client's id holds a
 * random part, so only the client itself recognises its own.
 */
import { hashToken } from '../events/tokens.ts';

export function aliasOf(actor: string): string {
  return hashToken(actor).slice(0, 32);
}

/** Whose turn it is, where several could do what one is enough for. */
import { hash } from 'node:crypto';

/**
 * By rendezvous hashing: all nodes that hear the same others come to the same order, a different one for each question, so
 * that the work is spread and nobody has to be asked.
 * @returns how many of the others come before `own`.
 */
export function turnOf(question: string, own: string, others: readonly string[]): number {
  const rank = (node: string) => hash('sha256', `${node}/${question}`, 'hex');
  const ownRank = rank(own);
  return others.filter((node) => node !== own && rank(node) < ownRank).length;
}

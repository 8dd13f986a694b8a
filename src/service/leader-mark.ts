/**
 * How far the log is committed, by the leader's word: what a node's own mark is behind.
 *
 * Heartbeats say it ten times a second, which is as fine as anybody reads it. A leader that is gone leaves its last word,
 * and one of an older epoch is not listened to.
 */
import type { Bus, Subscription } from '../ports/bus.ts';
import { type Beat, beatSchema, parse, subjects } from '../replication/messages.ts';

type Word = Pick<Beat, 'generation' | 'epoch' | 'mark'>;

export class LeaderMark {
  #word: Word | undefined;

  start(bus: Bus): Subscription {
    return bus.subscribe(subjects.beat, ({ data }) => this.#heard(parse(beatSchema, data)));
  }

  /** Events that a node whose mark is at `position` lacks; undefined while no leader was heard. */
  lagOf(position: number): number | undefined {
    return this.#word && Math.max(0, this.#word.mark.position - position);
  }

  #heard(beat: Beat | undefined): void {
    if (beat?.role !== 'leader') return;
    const { generation, epoch } = this.#word ?? { generation: 0, epoch: 0 };
    const isOlder = beat.generation < generation || (beat.generation === generation && beat.epoch < epoch);
    if (!isOlder) this.#word = beat;
  }
}

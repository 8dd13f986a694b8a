/** A recording as a file. */
import { writeFile } from 'node:fs/promises';
import { Refusal } from '../failure.ts';
import { pageParts } from '../page.ts';
import { paletteFor } from '../render/colour.ts';
import { castLines } from './cast.ts';
import type { Pace } from './model/player.ts';
import type { Recording } from './model/recording.ts';
import { Timeline } from './model/timeline.ts';
import { pageOf } from './page.ts';

/** @param file undefined for standard output. @throws {Refusal} when it cannot be written. */
export async function exportRecording(
  recording: Recording,
  pace: Pace,
  format: 'cast' | 'html',
  file: string | undefined,
): Promise<void> {
  const text =
    format === 'cast' ? castOf(recording, pace) : pageOf(recording, pace, await pageParts('player'));
  if (file === undefined) await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  else await writeFile(file, text).catch(unwritable);
}

function castOf(recording: Recording, { speed, maxGapMs }: Pace): string {
  const offsetsMs = recording.happenings.map(({ offsetMs }) => offsetMs);
  const timeline = new Timeline(offsetsMs, maxGapMs * speed);
  // A cast is for a terminal, wherever it is made.
  const lines = castLines(recording, timeline, speed, paletteFor(true, { NO_COLOR: process.env.NO_COLOR }));
  return [...lines, ''].join('\n');
}

function unwritable(error: Error): never {
  throw new Refusal('output-unusable', `the file cannot be written: ${error.message}`);
}

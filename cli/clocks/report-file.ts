/** A report as a file. */
import { createHash } from 'node:crypto';
import type { Section } from '../../src/labs/clocks/core/report.ts';

export async function writeReport(path: string, title: string, sections: readonly Section[]): Promise<void> {
  const { reportPage, reportStyle } = await import('../../src/labs/clocks/core/report.ts');
  const { writeWhole } = await import('../../src/labs/clocks/folder.ts');
  const hash = `sha256-${createHash('sha256').update(reportStyle).digest('base64')}`;
  await writeWhole(path, reportPage(title, sections, hash));
}

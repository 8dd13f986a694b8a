/** A text into a file, or to standard output where none is named. @throws {Refused} when it cannot be written. */
export async function writeOut(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
    return;
  }
  const { writeWhole } = await import('../../src/labs/clocks/folder.ts');
  await writeWhole(file, text);
}

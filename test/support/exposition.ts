/**
 * A reader of Prometheus' text form that takes nothing on trust: every line is a comment it knows or a valid sample, every
 * sample belongs to a metric that was announced, none comes twice, and histograms are histograms.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]?Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const types = ['counter', 'gauge', 'histogram', 'summary'];

export class Exposition {
  readonly samples: Sample[] = [];
  /** By metric. */
  readonly types = new Map<string, string>();
  readonly helps = new Map<string, string>();

  /** @throws {Error} naming the line that is not valid. */
  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('the last line does not end');
    for (const line of text.split('\n')) if (line) this.#read(line);
    this.#checkRepeats();
  }

  get names(): string[] {
    return [...this.types.keys()];
  }

  /** The value of the one sample with this name and these labels. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const fits = (other: Sample) =>
      Object.entries(labels).every(([key, value]) => other.labels[key] === value);
    const found = this.samples.filter((other) => other.name === name && fits(other));
    if (found.length > 1) throw new Error(`${name} has ${found.length} samples`);
    return found[0]?.value;
  }

  #read(line: string): void {
    const [, kind, metric, rest = ''] = comment.exec(line) ?? [];
    if (kind === 'HELP') this.helps.set(metric!, rest);
    else if (kind === 'TYPE' && types.includes(rest) && !this.types.has(metric!))
      this.types.set(metric!, rest);
    else this.#readSample(line);
  }

  #readSample(line: string): void {
    const [, name, labels = '', value] = sample.exec(line) ?? [];
    if (name === undefined) throw new Error(`no valid line: ${line}`);
    const metric = this.types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    if (!this.types.has(metric)) throw new Error(`nothing announced ${name}`);
    this.samples.push({
      name,
      labels: labelsFrom(labels, line),
      value: Number(value?.replace('Inf', 'Infinity')),
    });
  }

  #checkRepeats(): void {
    const keys = this.samples.map(
      ({ name, labels }) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`,
    );
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
    if (repeated) throw new Error(`twice: ${repeated}`);
  }
}

function labelsFrom(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest; ) {
    const [whole, key, value] = label.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`no valid labels: ${line}`);
    labels[key!] = value!;
    rest = rest.slice(whole.length);
  }
  return labels;
}

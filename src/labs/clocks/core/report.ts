/** A report as a page without scripts: sections of words, tables and plots. */
import { type Plot, plotSvg } from './plot.ts';
import { escaped } from './svg.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Finding {
  readonly question: string;
  readonly answer: string;
}

export interface Section {
  readonly title: string;
  readonly findings?: readonly Finding[];
  readonly words?: readonly string[];
  readonly table?: Table;
  readonly plots?: readonly Plot[];
}

export const reportStyle = `:root{color-scheme:light dark}
body{font:15px/1.5 sans-serif;color:CanvasText;background:Canvas;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}
h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid #8886}
h3{font-size:1rem;margin:1.2rem 0 0}
p{max-width:48rem;margin:.4rem 0}
table{display:block;overflow-x:auto;border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;margin:.6rem 0}
td,th{padding:.15rem .6rem;text-align:right;border-bottom:1px solid #8884}
th{vertical-align:bottom}
td:first-child,th:first-child{text-align:left;white-space:nowrap}
figure{display:inline-block;max-width:100%;margin:.3rem}
svg{max-width:100%;height:auto}`;

/** @param styleHash of `reportStyle`, for the browser: it applies no other, and loads and runs nothing. */
export function reportPage(title: string, sections: readonly Section[], styleHash: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="Verbatim">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`;
}

function sectionHtml({ title, findings = [], words = [], table, plots = [] }: Section): string {
  return [
    `<section><h2>${escaped(title)}</h2>`,
    ...findings.map(({ question, answer }) => `<h3>${escaped(question)}</h3><p>${escaped(answer)}</p>`),
    ...words.map((one) => `<p>${escaped(one)}</p>`),
    ...(table ? [tableHtml(table)] : []),
    ...plots.map((plot) => `<figure>${plotSvg(plot)}</figure>`),
    '</section>',
  ].join('\n');
}

/** For people: whole, or with three digits; a trial of a minute says no more. */
export function figure(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}

/** A column's name in a line that can break. */
function inWords(name: string): string {
  return name.replaceAll('_', ' ');
}

function tableHtml({ head, rows }: Table): string {
  const cells = (tag: 'th' | 'td', row: readonly (string | number)[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(String(typeof cell === 'number' ? figure(cell) : cell))}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head.map(inWords))}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}

export function csvOf({ head, rows }: Table): string {
  return `${[head, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Terminal } from '../../../cli/tui/terminal.ts';

let written: string;

beforeEach(() => {
  vi.useFakeTimers();
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  process.stdin.setRawMode ??= () => process.stdin; // there is no terminal here
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('that was closed while a frame waited shows frames when it is opened again', () => {
  const terminal = new Terminal({ onKey: () => undefined, onResize: () => undefined });
  const paint = (text: string) => terminal.paint(() => ({ lines: [[{ text }]] }));
  terminal.open();
  try {
    paint('first');
    paint('waits');
    terminal.close();
    terminal.open();
    paint('again');
    vi.advanceTimersByTime(100);
    expect(written).toContain('again');
  } finally {
    terminal.close();
  }
});

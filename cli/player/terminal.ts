/** The player on a terminal that it has to itself. */
import { Terminal } from '../tui/terminal.ts';
import type { Pace } from './model/player.ts';
import type { Recording } from './model/recording.ts';
import type { Picture } from './screen.ts';
import { PlayerView } from './view.ts';

export interface Film {
  readonly recording: Recording;
  readonly picture?: Picture;
}

/** Plays until whoever watches leaves, or nobody can any more. */
export async function playInTerminal(
  { recording, picture }: Film,
  pace: Pace,
  signal?: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const draw = () => terminal.paint(() => view.frame(terminal.size));
    const leave = () => {
      signal?.removeEventListener('abort', leave);
      view.close();
      terminal.close();
      resolve();
    };
    const terminal = new Terminal({
      onKey: (key) => {
        if (key.kind === 'key' && key.name === 'C-z') {
          view.pause();
          terminal.suspend();
        } else if (view.press(key)) leave();
        else draw();
      },
      onResize: draw,
      onHangUp: leave,
    });
    terminal.open();
    const view = new PlayerView(recording, pace, draw, picture);
    view.play();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
  });
}

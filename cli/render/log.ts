import type { LoggedEvent } from '../../src/operator/stored.ts';
import type { Palette } from './colour.ts';
import { visible } from './text.ts';

/** `7  frame 3  epoch 1  2026-11-21T19:30:12.345Z  MessagePosted  {…}` */
export function renderLogged(
  { position, frame, epoch, at, type, data }: LoggedEvent,
  { bold, dim }: Palette,
): string {
  const place = dim(`frame ${frame}  epoch ${epoch}  ${at}`);
  return `${String(position).padStart(6)}  ${place}  ${bold(type)}  ${visible(JSON.stringify(data))}`;
}

/** A session played back on a stream, with its pauses. */

import { durationFromMs, durationMs } from '@bufbuild/protobuf/wkt';
import { Refused } from '../../client/errors.ts';
import { played } from '../../client/playback.ts';
import type { ChatService } from './generated/verbatim/v1/chat_pb.js';
import type { Handlers } from './service.ts';
import { messageFrom } from './views.ts';

export const replay: Pick<Handlers<typeof ChatService>, 'replay'> = {
  async replay({ session, speed, maxGap, after }, call, write) {
    const pace = {
      speed: speed === 0 ? 1 : speed,
      maxGapMs: maxGap ? durationMs(maxGap) : Number.POSITIVE_INFINITY,
    };
    if (!(pace.speed > 0 && Number.isFinite(pace.speed) && pace.maxGapMs >= 0))
      throw new Refused('malformed', 'A replay has a speed above 0, and no pause is shorter than nothing.');
    const user = await call.user();
    const all = played(user.transcript(session, undefined, Number(after)), pace, call.clock, call.signal);
    for await (const { message, offsetMs } of all)
      await write({ message: messageFrom(message), offset: durationFromMs(offsetMs) });
    call.signal.throwIfAborted();
  },
};

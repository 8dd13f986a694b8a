/** Lists, asked for by the page. */
import { Refused } from '../../client/errors.ts';
import type { ChatService } from './generated/verbatim/v1/chat_pb.js';
import type { Handlers } from './service.ts';
import { messageFrom, sessionFrom } from './views.ts';

export const lists: Pick<Handlers<typeof ChatService>, 'listUsers' | 'listSessions' | 'listMessages'> = {
  async listUsers({ prefix, pageSize, pageToken }, call) {
    const user = await call.user();
    const request = { prefix, after: pageToken || null, limit: limitFrom(pageSize) };
    const { users, more } = await user.line.query('users', request, call.leftMs());
    return { users, nextPageToken: more ? (users.at(-1)?.name ?? '') : '' };
  },

  async listSessions({ with: other, pageSize, pageToken }, call) {
    const user = await call.user();
    const request = { with: other || null, after: positionIn(pageToken), limit: limitFrom(pageSize) };
    const { sessions, next } = await user.line.query('sessions', request, call.leftMs());
    return { sessions: sessions.map(sessionFrom), nextPageToken: String(next ?? '') };
  },

  async listMessages({ session, pageSize, pageToken }, call) {
    const user = await call.user();
    const request = { session, after: positionIn(pageToken), limit: limitFrom(pageSize) };
    const { messages, next } = await user.line.query('transcript', request, call.leftMs());
    return { messages: messages.map(messageFrom), nextPageToken: String(next ?? '') };
  },
};

const pageSizes = { usual: 100, max: 500 };

function limitFrom(pageSize: number): number {
  return Math.min(pageSize || pageSizes.usual, pageSizes.max);
}

function positionIn(pageToken: string): number {
  if (/^\d{0,15}$/.test(pageToken)) return Number(pageToken);
  throw new Refused('malformed', 'That is no page token that a page before has given.');
}

/**
 * The user actor: registered (offline ⇄ online) → deleted. Like every domain machine it consumes stored events only.
 *
 * A user is online while at least one client is attached. A deleted user stays as a name-less stone: ids are never
 * given twice, so what the user wrote can go on pointing at it.
 */
import { assign, type SnapshotFrom, setup } from 'xstate';
import { evolveUser, initialUser, isLoggedIn, type UserEvent, type UserState } from './state.ts';

export const userMachine = setup({
  types: { context: {} as UserState, events: {} as UserEvent },
  actions: {
    evolve: assign(({ context, event }) => evolveUser(context, event)),
  },
  guards: {
    isNewToken: ({ context, event }) =>
      event.type === 'LoggedIn' &&
      !context.logIns.some(({ tokenHash }) => tokenHash === event.data.tokenHash),
    isOwnToken: ({ context, event }) =>
      event.type === 'LoggedOut' && isLoggedIn(context, event.data.tokenHash, event.at),
    isNewClient: ({ context, event }) =>
      event.type === 'CameOnline' && !context.clients.includes(event.data.client),
    isLastClient: ({ context, event }) =>
      event.type === 'WentOffline' &&
      context.clients.length === 1 &&
      context.clients[0] === event.data.client,
    isAttached: ({ context, event }) =>
      event.type === 'WentOffline' && context.clients.includes(event.data.client),
    isProgress: ({ context, event }) => event.type === 'ItemsShown' && event.data.upTo > context.shown,
  },
}).createMachine({
  id: 'user',
  context: initialUser,
  initial: 'unregistered',
  states: {
    unregistered: {
      on: { UserRegistered: { target: 'registered', actions: 'evolve' } },
    },
    registered: {
      initial: 'offline',
      on: {
        LoggedIn: { guard: 'isNewToken', actions: 'evolve' },
        LoggedOut: { guard: 'isOwnToken', actions: 'evolve' },
        LoggedOutEverywhere: { actions: 'evolve' },
        PasswordChanged: { actions: 'evolve' },
        PasswordRehashed: { actions: 'evolve' },
        AccountRecovered: { actions: 'evolve' },
        ItemsShown: { guard: 'isProgress', actions: 'evolve' },
        ConversationRead: { actions: 'evolve' },
        AccountDeleted: { target: 'deleted', actions: 'evolve' },
      },
      states: {
        offline: {
          on: { CameOnline: { target: 'online', actions: 'evolve' } },
        },
        online: {
          on: {
            CameOnline: { guard: 'isNewClient', actions: 'evolve' },
            WentOffline: [
              { guard: 'isLastClient', target: 'offline', actions: 'evolve' },
              { guard: 'isAttached', actions: 'evolve' },
            ],
          },
        },
      },
    },
    deleted: {},
  },
});

export type UserSnapshot = SnapshotFrom<typeof userMachine>;

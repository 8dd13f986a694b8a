/** Every subcommand: one file each, loaded when it is asked for. */
import type { Group } from './subcommand.ts';

export const groups: readonly Group[] = [
  {
    title: 'Chat:',
    commands: [
      { name: 'chat', summary: 'talk: the interactive client', load: () => import('./commands/chat.ts') },
      {
        name: 'send',
        summary: 'send a message, or one per line of standard input',
        load: () => import('./commands/send.ts'),
      },
      { name: 'inbox', summary: 'show what has come for you', load: () => import('./commands/inbox.ts') },
      {
        name: 'users',
        summary: 'list users, or those whose name begins so',
        load: () => import('./commands/users.ts'),
      },
      {
        name: 'group',
        summary: 'open a group, invite to it, leave it, say what it is about',
        load: () => import('./commands/group.ts'),
      },
      {
        name: 'conversations',
        summary: 'list your conversations, with what is new in them',
        load: () => import('./commands/conversations.ts'),
      },
      { name: 'sessions', summary: 'list your sessions', load: () => import('./commands/sessions.ts') },
      {
        name: 'transcript',
        summary: 'print what was said in a session',
        load: () => import('./commands/transcript.ts'),
      },
      {
        name: 'replay',
        summary: 'play a session back with its original pauses',
        load: () => import('./commands/replay.ts'),
      },
      {
        name: 'pong',
        summary: 'play Pong, look on, list matches',
        load: () => import('./commands/pong.ts'),
      },
    ],
  },
  {
    title: 'Account:',
    commands: [
      { name: 'register', summary: 'create an account', load: () => import('./commands/register.ts') },
      {
        name: 'login',
        summary: 'log in, and stay logged in under a profile',
        load: () => import('./commands/login.ts'),
      },
      { name: 'logout', summary: 'log out', load: () => import('./commands/logout.ts') },
      { name: 'whoami', summary: 'say who is logged in', load: () => import('./commands/whoami.ts') },
      {
        name: 'recover',
        summary: 'set a forgotten password anew with the recovery code',
        load: () => import('./commands/recover.ts'),
      },
      { name: 'passwd', summary: 'change the password', load: () => import('./commands/passwd.ts') },
      {
        name: 'delete-account',
        summary: 'delete the account for good',
        load: () => import('./commands/delete-account.ts'),
      },
    ],
  },
  {
    title: 'Cluster:',
    commands: [
      {
        name: 'up',
        summary: 'start nats-server and the replicas on this machine',
        load: () => import('./commands/up.ts'),
      },
      {
        name: 'node',
        summary: 'run one replica in the foreground',
        load: () => import('./commands/node.ts'),
      },
      {
        name: 'start',
        summary: '`up`, and the chat with it; what npm start runs',
        load: () => import('./commands/start.ts'),
      },
      {
        name: 'status',
        summary: 'show every node: role, epoch, position, state hash',
        load: () => import('./commands/status.ts'),
      },
      {
        name: 'verify',
        summary: 'check the logs and states of nodes, running or not',
        load: () => import('./commands/verify.ts'),
      },
      {
        name: 'give-up',
        summary: 'declare nodes lost for good, so that a lost stream can be begun anew without them',
        load: () => import('./commands/give-up.ts'),
      },
      {
        name: 'log',
        summary: 'print the events as they are stored',
        load: () => import('./commands/log.ts'),
      },
      {
        name: 'state',
        summary: 'show a session, match or user at any position of the log',
        load: () => import('./commands/state.ts'),
      },
      {
        name: 'inspect',
        summary: 'show the state machines of all actors, live and back in time, on a local page',
        load: () => import('./commands/inspect.ts'),
      },
      {
        name: 'gateway',
        summary: 'open another door to the cluster, for programs that speak no NATS',
        load: () => import('./commands/gateway.ts'),
      },
      {
        name: 'compare',
        summary: 'measure NATS, the wire protocol and gRPC beside one another',
        load: () => import('./commands/compare.ts'),
      },
      {
        name: 'simulate',
        summary: 'try whole clusters under faults drawn from a seed',
        load: () => import('./commands/simulate.ts'),
      },
    ],
  },
  {
    title: 'Laboratory:',
    commands: [
      {
        name: 'clocks',
        summary: 'logical clocks: run machines that have them, study and draw what happens',
        load: () => import('./commands/clocks.ts'),
      },
    ],
  },
  {
    title: 'Shell:',
    commands: [
      {
        name: 'completion',
        summary: 'print a script that lets a shell complete all this',
        load: async () => {
          const { configureFor } = await import('./commands/completion.ts');
          return { configure: configureFor(() => groups) };
        },
      },
    ],
  },
];

/** A user who means harm: sends one kind of thing as fast as the broker takes it, and comes back when it is cut off. */
import { connect, type NatsConnection } from 'nats';

const [url = '', user = '', flood = ''] = process.argv.slice(2);
const pass = process.env.FLOODER_TOKEN ?? '';
const atOnce = 50;

const commands = `verbatim.cmd.${user}.c-flood`;
let count = 0;

/** Each publishes once. */
const kinds: Readonly<Record<string, (connection: NatsConnection) => void>> = {
  sends: (connection) => {
    const post = { type: 'PostMessage', id: `f-${process.pid}-${++count}`, to: 'good', text: 'flood' };
    connection.publish(commands, JSON.stringify({ after: null, clock: 0, commands: [post] }), reply);
  },
  malformed: (connection) => connection.publish(commands, '{"after":null,"clock":0,"commands":[{}]', reply),
  huge: (connection) => connection.publish(commands, hugePayload, reply),
  questions: (connection) =>
    connection.publish(`verbatim.get.${user}.users`, JSON.stringify(question), reply),
};
const reply = { reply: `_INBOX_${user}.x` };
const hugePayload = Buffer.alloc(500 * 1024, 0x20);
const question = { atLeast: 0, query: { prefix: '', after: null, limit: 500 } };

process.on('unhandledRejection', () => undefined); // of a connection that was cut off
process.send?.('ready');
if (flood === 'connections') await Promise.all(Array.from({ length: 8 }, comeAndGo));
else if (flood === 'nothing')
  setInterval(() => undefined, 1_000); // lives, and does nothing
else await pour(kinds[flood]!);

async function pour(publish: (connection: NatsConnection) => void): Promise<void> {
  for (;;) {
    const connection = await enter();
    try {
      while (connection && !connection.isClosed()) {
        for (let index = 0; index < atOnce; index++) publish(connection);
        await connection.flush();
      }
    } catch {
      // cut off
    }
  }
}

async function comeAndGo(): Promise<void> {
  for (;;) {
    const connection = await enter();
    await connection?.close();
  }
}

async function enter(): Promise<NatsConnection | undefined> {
  const options = {
    servers: url,
    user: `user:${user}:0`,
    pass,
    inboxPrefix: `_INBOX_${user}`,
    reconnect: false,
  };
  return await connect(options).catch(() => undefined);
}

/** Answers requests with what they brought. */
import { connectTo } from '../src/transport/connection.ts';

const connection = await connectTo({
  servers: [process.argv[2] ?? ''],
  credentials: { user: 'node', pass: process.env.ECHO_PASSWORD ?? '' },
  name: 'echo',
  patient: false,
});
connection.subscribe('verbatim.bench.echo', { callback: (_, message) => void message.respond(message.data) });
await connection.flush();
process.send?.('ready');

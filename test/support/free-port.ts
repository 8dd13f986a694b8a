import { createServer } from 'node:net';

/** A port that was free a moment ago: for clusters of tests, benchmarks and the demonstration. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }; // a TCP server's address
      probe.close(() => resolve(port));
    });
  });
}

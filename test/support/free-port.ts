import { createServer } from 'node:net';

/** A port that was free a moment ago, the first of so many in a row: for clusters of tests, benchmarks and the demonstration. */
export async function freePort(inARow = 1): Promise<number> {
  for (;;) {
    const first = await listenOn(0);
    const others = Array.from({ length: inARow - 1 }, (_, index) => listenOn(first! + index + 1));
    if ((await Promise.all(others)).every((port) => port !== undefined)) return first!;
  }
}

/** For a moment. @returns the port, undefined when it is in use. */
async function listenOn(port: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const probe = createServer().listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address() as { port: number }; // a TCP server's address
      probe.close(() => resolve(found));
    });
    probe.once('error', () => resolve(undefined));
  });
}

/** Which nats-server is fit. Below 2.10.23 a killed server could lose a whole stream (nats-server issue 6888). */
import type { NatsConnection } from 'nats';

export const MIN_SERVER_VERSION = '2.10.23';

class ServerTooOld extends Error {
  override readonly name = 'ServerTooOld';
}

/** @throws {ServerTooOld} */
export function refuseOldVersion(version: string): void {
  const parts = (text: string) => text.split('-')[0]!.split('.').map(Number);
  const [found, least] = [parts(version), parts(MIN_SERVER_VERSION)];
  const index = [0, 1, 2].find((at) => found[at] !== least[at]);
  if (index === undefined || (found[index] ?? 0) > (least[index] ?? 0)) return;
  throw new ServerTooOld(`nats-server ${version} is too old: ${MIN_SERVER_VERSION} or later is needed`);
}

/** @throws {ServerTooOld} */
export function refuseOldServer(connection: NatsConnection): void {
  refuseOldVersion(connection.info?.version ?? '0.0.0');
}

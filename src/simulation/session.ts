/** What server and connection know of each other. */
import type { SimulatedProcess } from './process.ts';

/** The server, as a connection reaches it. */
export interface Server {
  readonly isUp: boolean;
  attach(connection: Connection): void;
  /** A connection was made, for the first time or again. */
  welcome(connection: Connection): Session;
  forget(session: Session): void;
}

/** A process's connection, as the server reaches it. */
export interface Connection {
  readonly process: SimulatedProcess;
  deliver(session: Session, task: () => void): void;
  /** The server went down. */
  dropped(): void;
}

/** What the server knows of a connection, for as long as it believes in it. */
export interface Session {
  readonly connection: Connection;
  readonly subscriptions: Set<Listening>;
  isAlive: boolean;
}

/** A process's subscription, which outlives the connections that carry it. */
export interface Listening {
  /** Whether it covers a subject. */
  covers(subject: string): boolean;
  readonly queue: string | undefined;
  /** In the process; `reply` is where an answer would go. */
  hear(subject: string, data: Uint8Array, reply: string | undefined): void;
}

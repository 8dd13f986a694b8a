/** The doors of one cluster, as a client has them: what is compared does the same through each. */
import type { Identity } from '../../src/client/client.ts';

export type DoorName = 'nats' | 'wire' | 'grpc';

/** A connection that speaks for somebody. */
export interface Sender {
  /** Resolves when the message is acknowledged. @param to a user's name. */
  send(to: string, text: string, id: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A connection of nobody yet. */
export interface Held {
  /** It speaks for somebody from then on. */
  enter(identity: Identity): Promise<Sender>;
  close(): Promise<void>;
}

export interface Door {
  readonly name: DoorName;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Of the process that holds its clients' connections. */
  readonly pid: number;
  /** Whether somebody can be connected there without being anybody: NATS asks first. */
  readonly opensBeforeLogIn: boolean;
  /** @param port its own, or that of somebody in between who counts. */
  connect(port: number): Promise<Held>;
  /** A request to send as the client writes it, without what carries it. */
  encodedBytes(to: string, text: string, id: string): number;
}

import type { Bus } from '../ports/bus.ts';

/** A bus with an end: what reaching the broker gives a client. */
export interface Link extends Bus {
  close(): Promise<void>;
  /** The address of the server in use, for people. */
  server?(): string | undefined;
  /** Told when the border does not let this client in again after its connection was lost. Nothing comes after that. */
  onRefused?(listener: (problem: Error) => void): void;
}

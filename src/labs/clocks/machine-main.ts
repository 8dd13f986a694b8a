/** The composition root of a machine's process. */

import { Refused } from '../../client/errors.ts';
import { systemClock } from '../../system/clock.ts';
import { connectTo } from '../../transport/connection.ts';
import { NatsBus } from '../../transport/nats-bus.ts';
import { readTrials } from './folder.ts';
import { MachineLog, openDatabase } from './machine-log.ts';
import { tickToTheEnd } from './machine-process.ts';

export interface MachineOptions {
  readonly folder: string;
  readonly run: string;
  readonly trial: number;
  readonly id: string;
  readonly servers: readonly string[];
}

/** A server of a run asks nobody who they are. */
export const anybody = { user: 'clocks', pass: 'clocks' };

/** Resolves when the trial is over for this machine. @throws {Refused} where there is no such machine. */
export async function runMachine({ folder, run, trial: number, id, servers }: MachineOptions): Promise<void> {
  const trial = (await readTrials(folder)).find((one) => one.trial === number);
  if (!trial?.machines.some((machine) => machine.id === id))
    throw new Refused('unknown-machine', `trial ${number} of ${folder} has no machine ${id}`);
  const database = await openDatabase(folder, id);
  const log = await MachineLog.open(database, folder, number, id);
  const connection = await connectTo({ servers, credentials: anybody, name: `clocks ${id}`, patient: true });
  const bus = new NatsBus(connection);
  await tickToTheEnd({ run, trial, id, bus, clock: systemClock, log });
  await log.close();
  await database.close();
  await connection.close();
}

/** A client as an inspector sees it: its machine, for as long as it is connected. */
import type { ActorRefFrom } from 'xstate';
import { clientMachine } from '../actors/client/machine.ts';
import { InspectionSource } from '../inspector/source/source.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { aliasOf } from '../protocol/aliases.ts';
import { inspectorSubjects } from '../protocol/subjects.ts';

export interface OpenClient {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly user: string;
  readonly client: string;
  readonly actor: ActorRefFrom<typeof clientMachine>;
}

export function openToInspectors({ bus, clock, user, client, actor }: OpenClient): Subscription {
  const source = new InspectionSource({
    bus,
    clock,
    process: `${user}.${client}`,
    kind: 'client',
    hears: inspectorSubjects.clientInterest,
    tells: inspectorSubjects.client(user, client),
    nameOf: aliasOf,
  });
  const shown = ['leader', 'epoch', 'problem'];
  source.add('client', { kind: 'client', label: user, machine: clientMachine, actor, shown });
  return source.start();
}

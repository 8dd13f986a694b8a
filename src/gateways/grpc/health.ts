/** Health, as every gRPC server tells it: of the gateway as a whole (an empty name) and of each service. */
import { Refused } from '../../client/errors.ts';
import { unlessAborted } from './aborting.ts';
import type { Health } from './generated/grpc/health/v1/health_pb.js';
import { HealthCheckResponse_ServingStatus as Status } from './generated/grpc/health/v1/health_pb.js';
import type { Handlers } from './service.ts';
import type { Standing } from './standing.ts';

/** @param services their names, as a client asks for them. */
export function health(standing: Standing, services: ReadonlySet<string>): Handlers<typeof Health> {
  const statusOf = (service: string) => {
    if (service !== '' && !services.has(service)) return Status.SERVICE_UNKNOWN;
    return standing.isReachable ? Status.SERVING : Status.NOT_SERVING;
  };
  return {
    async check({ service }) {
      const status = statusOf(service);
      if (status !== Status.SERVICE_UNKNOWN) return { status };
      throw new Refused('unknown-service', 'There is no service of that name here.');
    },

    async watch({ service }, call, write) {
      let changed = () => {};
      const watch = standing.watch(() => changed());
      try {
        for (;;) {
          const next = new Promise<void>((resolve) => {
            changed = resolve;
          });
          await write({ status: statusOf(service) });
          await unlessAborted(call.signal, next);
        }
      } finally {
        watch.stop();
      }
    },
  };
}

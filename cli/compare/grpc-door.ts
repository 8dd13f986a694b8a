/** The door of gRPC. */
import { create, toBinary } from '@bufbuild/protobuf';
import { formatBearer } from '../../src/gateways/bearer.ts';
import { GrpcClient } from '../../src/gateways/grpc/client.ts';
import { AccountService } from '../../src/gateways/grpc/generated/verbatim/v1/accounts_pb.js';
import { ChatService, SendRequestSchema } from '../../src/gateways/grpc/generated/verbatim/v1/chat_pb.js';
import type { Door } from './doors.ts';

/** Else all channels of a process to one address would be one connection. */
const ofItsOwn = { 'grpc.use_local_subchannel_pool': 1 };

/** @param pid of the gateway. */
export function grpcDoor(port: number, pid: number): Door {
  return {
    name: 'grpc',
    port,
    pid,
    opensBeforeLogIn: true,
    connect: async (at) => {
      const client = new GrpcClient(`127.0.0.1:${at}`, ofItsOwn);
      await client.connected();
      const close = async () => client.close();
      return {
        close,
        enter: async (identity) => {
          const token = formatBearer(identity);
          await client.ask(AccountService, 'whoAmI', {}, { token });
          return {
            send: (to, text, id) => client.ask(ChatService, 'send', post(to, text, id), { token }),
            close,
          };
        },
      };
    },
    encodedBytes: (to, text, id) =>
      toBinary(SendRequestSchema, create(SendRequestSchema, post(to, text, id))).length,
  };
}

function post(to: string, text: string, id: string) {
  return { message: { addressee: { case: 'to', value: to }, text, id } } as const;
}

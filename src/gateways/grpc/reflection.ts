/** Reflection: what services and messages there are, for clients that have no `.proto`, in both versions that are about. */
import { createRegistry, type DescFile, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import type {
  ServerReflection,
  ServerReflectionRequest,
  ServerReflectionResponseSchema,
} from './generated/grpc/reflection/v1/reflection_pb.js';
import type { ServerReflection as ServerReflectionAlpha } from './generated/grpc/reflection/v1alpha/reflection_pb.js';
import type { Handlers } from './service.ts';

type Asked = ServerReflectionRequest['messageRequest'];
type Answered = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>;

export class Reflection {
  readonly #files: ReadonlyMap<string, DescFile>;
  readonly #registry;
  readonly #services: readonly string[];

  /** @param services by name: those that a client may be shown. */
  constructor(files: readonly DescFile[], services: readonly string[]) {
    const all = files.flatMap(withDependencies);
    this.#files = new Map(all.map((file) => [file.proto.name, file]));
    this.#registry = createRegistry(...all);
    this.#services = services;
  }

  handlers(): Handlers<typeof ServerReflection> {
    return {
      serverReflectionInfo: async (requests, _call, write) => {
        for await (const request of requests)
          await write({
            validHost: request.host,
            originalRequest: request,
            messageResponse: this.#answer(request.messageRequest),
          });
      },
    };
  }

  /** The same under the name that it had before; its messages differ by that name alone. */
  alphaHandlers(): Handlers<typeof ServerReflectionAlpha> {
    return {
      serverReflectionInfo: async (requests, _call, write) => {
        for await (const request of requests) {
          const { host, messageRequest } = request;
          const messageResponse = this.#answer(messageRequest as Asked);
          await write({
            validHost: host,
            originalRequest: request,
            messageResponse: messageResponse as NonNullable<Parameters<typeof write>[0]['messageResponse']>,
          });
        }
      },
    };
  }

  #answer({ case: asked, value }: Asked): Answered {
    switch (asked) {
      case 'listServices':
        return {
          case: 'listServicesResponse',
          value: { service: this.#services.map((name) => ({ name })) },
        };
      case 'fileByFilename':
        return this.#fileAnswer(this.#files.get(value));
      case 'fileContainingSymbol':
        return this.#fileAnswer(this.#fileOf(value));
      case 'allExtensionNumbersOfType':
        return {
          case: 'allExtensionNumbersResponse',
          value: { baseTypeName: value, extensionNumber: [] },
        };
      default:
        return notFound;
    }
  }

  /** A method, field or value is in the file of what it is part of. */
  #fileOf(symbol: string): DescFile | undefined {
    for (let name = symbol; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      const found = this.#registry.get(name);
      if (found) return found.file;
    }
    return undefined;
  }

  #fileAnswer(file: DescFile | undefined): Answered {
    if (!file) return notFound;
    const fileDescriptorProto = withDependencies(file).map(({ proto }) =>
      toBinary(FileDescriptorProtoSchema, proto),
    );
    return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
  }
}

const notFound: Answered = {
  case: 'errorResponse',
  value: { errorCode: status.NOT_FOUND, errorMessage: 'There is nothing of that name here.' },
};

/** The file first, then what it imports, each once. */
function withDependencies(file: DescFile): DescFile[] {
  const files = new Set([file]);
  for (const each of files) for (const dependency of each.dependencies) files.add(dependency);
  return [...files];
}

/**
 * How a failure is told in gRPC: one table from our codes to its status codes, with details that programs can read.
 *
 * What was done is said by the details alone, as the client's library uses the same codes for what it knows nothing of: with
 * `outcome` `not-done` nothing was; UNAVAILABLE and DEADLINE_EXCEEDED without details, as where the connection broke, may
 * have been done as well as DEADLINE_EXCEEDED with them, and are repeated under the same id. Whatever else there is was
 * decided and stays so.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { anyPack, durationFromMs } from '@bufbuild/protobuf/wkt';
import { Metadata, status } from '@grpc/grpc-js';
import type { RefusalCode } from '../../client/errors.ts';
import type { Failure, GatewayRefusal } from '../failure.ts';
import { ErrorInfoSchema, RetryInfoSchema } from './generated/google/rpc/error_details_pb.js';
import { StatusSchema } from './generated/google/rpc/status_pb.js';

type StatusName = keyof typeof status;

interface Told {
  readonly status: StatusName;
  /** After how long to try again, where that helps. */
  readonly retryMs?: number;
}

/** Said where nobody knows whether it happened. */
const outcomeUnknown = 'outcome-unknown';

export const statuses: Readonly<
  Record<RefusalCode | GatewayRefusal | typeof outcomeUnknown | 'unknown-service', Told>
> = {
  unavailable: { status: 'UNAVAILABLE', retryMs: 200 },
  'not-now': { status: 'UNAVAILABLE', retryMs: 200 },
  'too-early': { status: 'UNAVAILABLE', retryMs: 200 },
  'going-away': { status: 'UNAVAILABLE', retryMs: 1_000 },
  [outcomeUnknown]: { status: 'DEADLINE_EXCEEDED', retryMs: 200 },
  'slow-down': { status: 'RESOURCE_EXHAUSTED', retryMs: 1_000 },
  'too-many': { status: 'RESOURCE_EXHAUSTED', retryMs: 1_000 },
  'not-logged-in': { status: 'UNAUTHENTICATED' },
  'wrong-credentials': { status: 'UNAUTHENTICATED' },
  malformed: { status: 'INVALID_ARGUMENT' },
  'too-large': { status: 'INVALID_ARGUMENT' },
  'weak-password': { status: 'INVALID_ARGUMENT' },
  'to-yourself': { status: 'INVALID_ARGUMENT' },
  'id-reused': { status: 'INVALID_ARGUMENT' },
  'unknown-user': { status: 'NOT_FOUND' },
  'unknown-session': { status: 'NOT_FOUND' },
  'unknown-match': { status: 'NOT_FOUND' },
  'unknown-service': { status: 'NOT_FOUND' },
  'name-taken': { status: 'ALREADY_EXISTS' },
  'name-confusable': { status: 'ALREADY_EXISTS' },
  'already-member': { status: 'ALREADY_EXISTS' },
  'group-full': { status: 'FAILED_PRECONDITION' },
  'too-many-matches': { status: 'FAILED_PRECONDITION' },
  'too-many-groups': { status: 'FAILED_PRECONDITION' },
  'session-closed': { status: 'FAILED_PRECONDITION' },
  'nothing-new': { status: 'FAILED_PRECONDITION' },
  'not-possible': { status: 'FAILED_PRECONDITION' },
  'already-in': { status: 'FAILED_PRECONDITION' },
  internal: { status: 'INTERNAL' },
};

const domain = 'verbatim';

/** A failure as the library takes it. */
export interface Ending {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** @param id of the command that the failure is about, where there is one. */
export function endingOf(failure: Failure, id?: string): Ending {
  const { message, outcome } = failure;
  const reasonCode = isUnknown(failure) ? outcomeUnknown : failure.code;
  const { status: name, retryMs } = toldOf(reasonCode);
  const info = create(ErrorInfoSchema, {
    reason: reasonOf(reasonCode),
    domain,
    metadata: { outcome, ...(id === undefined ? {} : { id }) },
  });
  const details = [anyPack(ErrorInfoSchema, info)];
  if (retryMs !== undefined) {
    const retryDelay = durationFromMs(retryMs);
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })));
  }
  const code = status[name];
  const metadata = new Metadata();
  const whole = toBinary(StatusSchema, create(StatusSchema, { code, message, details }));
  metadata.set('grpc-status-details-bin', Buffer.from(whole));
  return { code, details: message, metadata };
}

/** As a call's ErrorInfo would say it. */
export function reasonOf(code: string): string {
  return code.toUpperCase().replaceAll('-', '_');
}

/** What nobody foresaw has an unknown outcome too, and no advice. */
function isUnknown({ code, outcome }: Failure): boolean {
  return code === 'unavailable' && outcome === 'unknown';
}

function toldOf(code: string): Told {
  return (statuses as Readonly<Record<string, Told>>)[code] ?? { status: 'UNKNOWN' };
}

import { type AuthorizationResponse, decode, type User } from '@nats-io/jwt';
import { createAccount, createServer, createUser } from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';
import { claimsOf, Signer } from '../../../src/transport/permits.ts';

const account = createAccount();
const issuer = account.getPublicKey();
const signer = new Signer(new TextDecoder().decode(account.getSeed()));
const connection = createUser().getPublicKey();
const server = createServer().getPublicKey();

describe('a permit', () => {
  const permit = {
    connection,
    name: 'log-in:1',
    account: 'APP',
    permissions: { publish: ['verbatim.cmd.u-1.*'], subscribe: ['_INBOX_u-1.>'] },
    limits: { subscriptions: 8, payloadBytes: 1_000 },
    expires: 2_000_000_000,
  };

  it('is read and its signature verified by the reference implementation (P9)', () => {
    const claims = decode<User>(signer.permit(permit));
    expect(claims).toMatchObject({
      iss: issuer,
      sub: connection,
      aud: 'APP',
      name: 'log-in:1',
      exp: 2_000_000_000,
      nats: {
        type: 'user',
        version: 2,
        pub: { allow: permit.permissions.publish },
        sub: { allow: permit.permissions.subscribe },
        subs: 8,
        payload: 1_000,
      },
    });
  });

  it('without an end has none', () => {
    expect(decode<User>(signer.permit({ ...permit, expires: undefined }))).not.toHaveProperty('exp');
  });

  it('is not valid any more when a byte of it is another one', () => {
    const [header, , signature] = signer.permit(permit).split('.');
    const [, other] = signer.permit({ ...permit, name: 'log-in:2' }).split('.');
    expect(() => decode(`${header}.${other}.${signature}`)).toThrow('verification failed');
  });

  it('goes back to the server that asked, and so does a refusal', () => {
    const jwt = signer.permit(permit);
    expect(decode<AuthorizationResponse>(signer.answer(connection, server, { jwt }))).toMatchObject({
      iss: issuer,
      sub: connection,
      aud: server,
      nats: { type: 'authorization_response', jwt },
    });
    expect(claimsOf(signer.answer(connection, server, { error: 'no' }))).toMatchObject({
      nats: { error: 'no' },
    });
  });
});

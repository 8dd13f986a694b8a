import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { encryptionFor } from '../../../src/transport/security.ts';

describe('plain text (P9)', () => {
  it.each([
    'nats://127.0.0.1:4222',
    '127.0.0.1:4222',
    'nats://localhost:4222',
    'nats://[::1]:4222',
    'nats://127.9.9.9:1',
  ])('is spoken within this machine: %s', (server) => {
    expect(encryptionFor([server], {})).toEqual({});
  });

  it.each([
    'nats://192.0.2.1:4222',
    'nats://chat.example.org:4222',
    'nats://127.0.0.1.example.org:4222',
    'nats://[2001:db8::1]:4222',
  ])('is not spoken with another machine: %s', (server) => {
    expect(() => encryptionFor(['nats://127.0.0.1:4222', server], {})).toThrow('read along');
    expect(encryptionFor([server], { isPlainTextAllowed: true })).toEqual({});
  });

  it('is not fallen back to: one encrypted address makes all of them encrypted, whatever anybody insists on', () => {
    const servers = ['nats://127.0.0.1:4222', 'tls://chat.example.org:4222'];
    expect(encryptionFor(servers, { isPlainTextAllowed: true })).toEqual({
      tls: { checkServerIdentity: expect.any(Function) },
    });
    expect(encryptionFor(servers, { caFile: 'ca.pem' })).toMatchObject({ tls: { caFile: 'ca.pem' } });
  });
});

describe('a certificate (P9)', () => {
  /** Whether a server is believed that the library knows as `name`, with a certificate for these names. */
  function isBelieved(servers: string[], name: string, ...subjects: string[]): boolean {
    const options = encryptionFor(servers, {}).tls as ConnectionOptions;
    const certificate = { subject: {}, subjectaltname: subjects.join(', ') } as PeerCertificate;
    return options.checkServerIdentity?.(name, certificate) === undefined;
  }

  it.each([
    ['tls://chat.example.org:4222', 'chat.example.org', 'DNS:chat.example.org'],
    ['tls://Chat.Example.ORG:4222', 'chat.example.org', 'DNS:chat.example.org'], // the library writes names small
    ['tls://192.0.2.1:4222', 'localhost', 'IP Address:192.0.2.1'], // and names none where there is only an address
  ])('that names %s is believed, another one is not', (server, name, subject) => {
    expect(isBelieved([server], name, subject)).toBe(true);
    expect(isBelieved([server], name, 'DNS:mallory.example.org', 'DNS:localhost')).toBe(false);
  });

  it('is not believed where the library speaks of a host that nobody gave', () => {
    expect(isBelieved(['tls://chat.example.org:4222'], 'other.example.org', 'DNS:mallory.example.org')).toBe(
      false,
    );
  });
});

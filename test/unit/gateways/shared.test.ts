import { describe, expect, it } from 'vitest';
import { Refused, Unanswered } from '../../../src/client/errors.ts';
import { Admission } from '../../../src/gateways/admission.ts';
import { formatBearer, parseBearer } from '../../../src/gateways/bearer.ts';
import { Caller } from '../../../src/gateways/caller.ts';
import { failureOf, gatewayRefused } from '../../../src/gateways/failure.ts';
import { TokensInUse } from '../../../src/gateways/tokens-in-use.ts';
import { Credit } from '../../../src/gateways/wire/credit.ts';
import { SeededRandom } from '../../../src/simulation/random.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('what all gateways share', () => {
  it('lets in as many as there is room for, in all and from one network, and again when some have left', () => {
    const admission = new Admission({ connectionsMax: 3, connectionsPerNetworkMax: 2 });
    const leave = admission.admit('2001:db8:1:2::1');
    expect(leave).toBeDefined();
    expect(admission.admit('2001:db8:1:2::2')).toBeDefined();
    expect(admission.admit('2001:db8:1:2::3')).toBeUndefined(); // a neighbour's
    expect(admission.admit('192.0.2.1')).toBeDefined();
    expect(admission.admit('192.0.2.2')).toBeUndefined();
    leave?.();
    leave?.(); // told twice, counted once
    expect(admission.count).toBe(2);
    expect(admission.admit('2001:db8:1:2::3')).toBeDefined();
  });

  it('makes one text of a log-in, and nothing of any other text', () => {
    const logIn = {
      user: `u-${'a'.repeat(16)}`,
      position: 7,
      cluster: '0'.repeat(16),
      token: 'T'.repeat(43),
    };
    expect(parseBearer(formatBearer(logIn))).toEqual(logIn);
    const ofNoCluster = { ...logIn, cluster: undefined };
    expect(parseBearer(formatBearer(ofNoCluster))).toEqual(ofNoCluster);
    for (const text of ['', 'x', formatBearer(logIn).slice(0, -1), `${formatBearer(logIn)}x`])
      expect(() => parseBearer(text)).toThrow(expect.objectContaining({ code: 'not-logged-in' }));
  });

  it('tells what is known of a failure, and whether to try again', () => {
    const logged: string[] = [];
    const failure = (error: unknown) => failureOf(error, (line) => logged.push(line));
    expect(failure(new Refused('unknown-user', 'Nobody.'))).toMatchObject({
      code: 'unknown-user',
      isRetryable: false,
      outcome: 'not-done',
    });
    expect(failure(new Refused('slow-down', 'Later.'))).toMatchObject({ isRetryable: true });
    expect(failure(gatewayRefused('going-away'))).toMatchObject({ isRetryable: true, outcome: 'not-done' });
    const nobody = { code: 'unavailable', isRetryable: true };
    expect(failure(new Unanswered('not-sent', 'no leader'))).toMatchObject({
      ...nobody,
      outcome: 'not-done',
    });
    expect(failure(new Unanswered('unknown', 'too late'))).toMatchObject({ ...nobody, outcome: 'unknown' });
    expect(logged).toEqual([]);
    expect(failure(new TypeError('of ours'))).toMatchObject({ code: 'internal', outcome: 'unknown' });
    expect(logged).toEqual([expect.stringContaining('of ours')]);
  });

  it('a caller is nobody at first, and does one thing at a time that opens a connection', async () => {
    const clock = new ManualClock();
    const link = () => Promise.reject(new Unanswered('not-sent', 'nobody is there'));
    const client = { clock, random: new SeededRandom('caller'), link };
    const caller = new Caller({ client, patienceMs: 100, ended: () => {} });
    expect(() => caller.user).toThrow(expect.objectContaining({ code: 'not-logged-in' }));
    const first = caller.register('alice', 'correct horse battery');
    await expect(caller.logIn('alice', 'correct horse battery')).rejects.toMatchObject({ code: 'too-many' });
    await expect(first).rejects.toMatchObject({ outcome: 'not-sent' });
    await expect(caller.resume('made up')).rejects.toMatchObject({ code: 'not-logged-in' });
    const never = caller.resume(`u-${'a'.repeat(16)}.7..${'T'.repeat(43)}`, 2 ** 52);
    await expect(never).rejects.toMatchObject({ code: 'malformed' });
    await caller.close();
  });

  it('a token that the border refuses opens nothing, unless others speak with it: then it is one too many', async () => {
    const link = () => Promise.reject(new Refused('not-logged-in', 'The border says no.'));
    const client = { clock: new ManualClock(), random: new SeededRandom('tokens'), link };
    const tokens = new TokensInUse();
    const caller = new Caller({ client, patienceMs: 100, tokens, ended: () => {} });
    const token = { user: `u-${'a'.repeat(16)}`, token: 'T'.repeat(43) };
    const bearer = formatBearer({ ...token, position: 7, cluster: undefined });
    const refused = async () => await caller.resume(bearer).catch(({ code }: { code: string }) => code);
    tokens.begin({ ...token, user: `u-${'b'.repeat(16)}` });
    expect(await refused()).toBe('not-logged-in');
    tokens.begin(token);
    tokens.begin(token);
    tokens.end(token);
    expect(await refused()).toBe('too-many');
    tokens.begin(token);
    tokens.forget(token);
    tokens.end(token);
    expect(await refused()).toBe('not-logged-in');
    await caller.close();
  });
});

describe('credit', () => {
  it('is spent one by one, waited for, and waited for no longer when it has ended', async () => {
    const credit = new Credit(1);
    const spending = [credit.spend(), credit.spend(), credit.spend(), credit.spend()];
    expect(await Promise.race([spending[1], spending[0]!.then(() => 'the first')])).toBe('the first');
    credit.grant(2);
    expect(await Promise.all(spending.slice(0, 3))).toEqual([true, true, true]);
    credit.end();
    expect(await spending[3]).toBe(false);
  });
});

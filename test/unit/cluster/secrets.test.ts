import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureSecrets, readSecrets } from '../../../src/cluster/secrets.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("a cluster's secrets", () => {
  it('are made once, for their owner only', async () => {
    const data = tempFolder();
    const secrets = await ensureSecrets(data);
    expect(await ensureSecrets(data)).toEqual(secrets);
    expect(await readSecrets(data)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(7);
    expect(readdirSync(data)).toEqual(['secrets.json']);
    expect(modeOf(join(data, 'secrets.json'))).toBe(0o600);
  });

  it('of a time when there was one nats-server get what several need, and stay as they are', async () => {
    const data = tempFolder();
    const path = join(data, 'secrets.json');
    const { routePassword: _, wardenPassword: __, ...older } = await ensureSecrets(data);
    writeFileSync(path, JSON.stringify(older));
    chmodSync(path, 0o600);
    expect(await readSecrets(data)).toEqual(older);
    const { routePassword, wardenPassword, ...others } = await ensureSecrets(data);
    expect(others).toEqual(older);
    for (const made of [routePassword, wardenPassword]) expect(made).toMatch(/^p[0-9a-f]{64}$/);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ ...older, routePassword, wardenPassword });
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(data)).toEqual(['secrets.json']);
  });
});

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
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length);
    expect(readdirSync(data)).toEqual(['secrets.json']);
    expect(modeOf(join(data, 'secrets.json'))).toBe(0o600);
  });

  it('of a time when there were fewer get what they lack, and stay as they are', async () => {
    const data = tempFolder();
    const path = join(data, 'secrets.json');
    const {
      routePassword: _,
      wardenPassword: __,
      gatewayPassword: ___,
      ...older
    } = await ensureSecrets(data);
    writeFileSync(path, JSON.stringify(older));
    chmodSync(path, 0o600);
    expect(await readSecrets(data)).toEqual(older);
    const completed = await ensureSecrets(data);
    expect(completed).toMatchObject(older);
    for (const name of ['routePassword', 'wardenPassword', 'gatewayPassword'] as const)
      expect(completed[name]).toMatch(/^p[0-9a-f]{64}$/);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(completed);
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(data)).toEqual(['secrets.json']);
  });
});

/** Where the machine's own Chromium is. */
import { spawnSync } from 'node:child_process';
import { programsNamed } from '../../scripts/setup/files.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const found = names.flatMap((name) => programsNamed(name, process.env));
/** Undefined where there is none. */
export const browser = found.find((path) => spawnSync(path, ['--version']).status === 0);

/** Run by vitest for each file of tests, also where files share their modules and `temp-folder.ts` is loaded only once. */
import { afterAll } from 'vitest';
import { removeFolders } from './temp-folder.ts';

afterAll(removeFolders);

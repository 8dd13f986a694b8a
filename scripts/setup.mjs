// `npm run setup`. A file of its own, so that others can import the steps without running them.
import { setup } from './setup/steps.mjs';

if (!(await setup())) process.exitCode = 1;

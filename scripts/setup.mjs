// `npm run setup`. A file of its own, so that others can import the steps without running them.
import { setup } from './setup/steps.mjs';

if (!(await setup())) process.exitCode = 1;
else if (process.env.npm_lifecycle_event === 'setup') console.log('Everything is there.'); // else on the way to something

/** A process that notes positions in a profile, each higher than the one before: `position-keeper.ts HOME FIRST LAST`. */
import { Profile } from '../../cli/profile.ts';

const [home = '', first = '', last = ''] = process.argv.slice(2);
const profile = new Profile('alice', { XDG_CONFIG_HOME: home });
const identity = { user: 'u-1', name: 'alice', token: 't', position: 0 };
for (let position = Number(first); position <= Number(last); position += 4)
  profile.keepPosition(identity, position);

/** The chat on a screen, from the first question to the farewell. */
import type { Identity } from '../../src/client/client.ts';
import { exitStatus, failureFrom } from '../failure.ts';
import type { UserOptions } from '../options.ts';
import { Profile } from '../profile.ts';
import { asUser, keepLogIn, withGuest } from '../session.ts';
import { type Asker, logInByQuestions } from './login.ts';
import { Screen } from './screen.ts';
import { type Left, ScreenChat } from './screen-chat.ts';
import { homeKey, type TimeFormat } from './state.ts';

export interface OnScreenOptions extends UserOptions {
  readonly with?: string;
  readonly bell: boolean;
  readonly timeFormat: TimeFormat;
  readonly greeting?: readonly string[];
}

/** @returns the exit status. */
export async function chatOnScreen(options: OnScreenOptions): Promise<number> {
  const profile = new Profile(options.profile);
  const kept = profile.read();
  let chat: ScreenChat | undefined;
  const hangUp = () => {
    if (chat) chat.leave();
    else screen.close();
  };
  const screen = new Screen({
    settings: { hasBell: options.bell, timeFormat: options.timeFormat },
    onEffect: (effect) => (chat ? chat.do(effect) : effect.do === 'interrupt' && hangUp()),
    onHangUp: hangUp,
  });
  const logIn = () => logInOn(screen, options, profile);
  const enter = (identity: Identity): Promise<Left> =>
    asUser(options, profile, identity, async ({ client }) => {
      chat = new ScreenChat({ client, identity, profile, screen, partner: options.with });
      return await chat.run();
    });
  screen.open();
  for (const line of options.greeting ?? []) screen.note(line, 'plain', homeKey);
  let left: Left;
  try {
    left = await enter(kept ?? (await logIn())).catch(async (error: unknown) => {
      if (failureFrom(error).code !== 'not-logged-in' || chat) throw error;
      screen.note('You are not logged in any more.', 'quiet', homeKey);
      return await enter(await logIn());
    });
  } finally {
    screen.close();
  }
  if (left.farewell) process.stderr.write(`${left.farewell}\n`);
  return left.status ?? exitStatus.done;
}

async function logInOn(screen: Screen, options: OnScreenOptions, profile: Profile): Promise<Identity> {
  const asker: Asker = {
    ask: (question, isHidden) => screen.ask(question, isHidden),
    say: (text) => screen.note(text, 'plain', homeKey),
    async showOnce(text) {
      screen.note(text, 'plain', homeKey);
      await screen.ask('Kept? Then press Enter: ', false);
      for (const line of text.split('\n')) screen.dispatch({ type: 'forget', text: line });
    },
  };
  screen.askOnly(true);
  screen.note('Welcome to Verbatim.', 'plain', homeKey);
  try {
    const identity = await withGuest(options, (guest) => logInByQuestions(guest, asker));
    return await keepLogIn(options, profile, identity);
  } finally {
    screen.askOnly(false);
  }
}

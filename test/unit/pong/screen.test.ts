import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCourt, emptyCourt } from '../../../cli/pong/court.ts';
import { keyTable } from '../../../cli/pong/keys.ts';
import { smallest, view } from '../../../cli/pong/view.ts';
import { lineWidth, plainText } from '../../../cli/tui/spans.ts';
import { court } from '../../../src/client/pong.ts';
import { matchView, PongScript } from '../../support/pong-script.ts';

describe('keys in a terminal that does not tell when they are let go', () => {
  it('move the paddle for a moment, and for longer while they are repeated', () => {
    const pong = new PongScript().at().type('w');
    expect(pong.directions).toEqual([-1]);
    pong.frame(60);
    expect(pong.directions).toEqual([]);
    pong.frame(60);
    expect(pong.directions).toEqual([0]);
    pong.type('<down>');
    for (let repeats = 0; repeats < 10; repeats++) pong.frame(40).type('<down>');
    expect(pong.directions).toEqual([1]);
    expect(pong.frame(150).directions).toEqual([0]);
  });

  it('go on by themselves with Shift, until another one is pressed', () => {
    const pong = new PongScript().at().type('S').frame(5_000);
    expect(pong.directions).toEqual([1]);
    expect(pong.type(' ').directions).toEqual([0]);
    expect(pong.type('W').frame(1_000).type('s').directions).toEqual([-1, 1]);
  });
});

describe('keys in a terminal that tells', () => {
  it('move the paddle just as long as they are held, the last one first', () => {
    const pong = new PongScript().at().event({ type: 'releasesTold' }).type('w').frame(3_000);
    expect(pong.directions).toEqual([-1]);
    pong.type('<down>').event({ type: 'released', name: 'down' });
    expect(pong.directions).toEqual([1, -1]);
    pong.event({ type: 'released', name: 'w' });
    expect(pong.directions).toEqual([0]);
    expect(pong.event({ type: 'released', name: 'q' }).directions).toEqual([]);
  });
});

describe('the hall', () => {
  const invited = matchView({ state: 'lobby', joined: [false, true], score: [0, 0] });
  const hall = (...matches: (typeof invited)[]) =>
    new PongScript().event({ type: 'matches', matches, results: [{ name: 'bob', won: 3, lost: 1 }] });

  it('shows what one is invited to, and accepts it', () => {
    const pong = hall(invited, matchView({ match: 'p-2' }));
    expect(pong.screen()).toMatch(/▸ alice – bob {2}you are invited/);
    expect(pong.screen()).toMatch(/alice – bob {2}2 : 1, being played/);
    expect(pong.screen()).toMatch(/Won and lost {2}bob 3 : 1/);
    pong.type('<enter>');
    expect(pong.took('join')).toEqual([{ do: 'join', match: 'p-1' }]);
    expect(pong.took('sit')).toHaveLength(1);
  });

  it('has what is opened meanwhile on top, and what is over not at all', () => {
    const pong = hall(matchView({ match: 'p-2' })).match(invited);
    expect(pong.screen().indexOf('you are invited')).toBeLessThan(pong.screen().indexOf('being played'));
    pong.match({ match: 'p-2', state: 'over' });
    expect(pong.screen()).not.toContain('being played');
  });

  it('says all that can be done there, on the smallest screen too', () => {
    const pong = new PongScript(smallest).event({ type: 'matches', matches: [invited], results: [] });
    for (const help of ['Enter join', 'I invite', 'E easy bot', 'H hard bot', 'Q leave'])
      expect(pong.screen()).toContain(help);
  });

  it('tells of many results as many as fit, and how many more there are', () => {
    const results = Array.from({ length: 500 }, (_, index) => ({
      name: `user${index}`,
      won: index,
      lost: 1,
    }));
    const matches = Array.from({ length: 30 }, (_, index) => matchView({ match: `p-${index}` }));
    const pong = new PongScript(smallest).event({ type: 'matches', matches, results });
    for (let key = 0; key < 29; key++) pong.type('<down>');
    expect(pong.screen()).toContain('▸ alice – bob  2 : 1, being played   p-29');
    const told = pong.screen().match(/user\d+ \d+ : 1/g)!.length;
    expect(told).toBeGreaterThan(5);
    expect(pong.screen()).toContain(`and ${500 - told} more`);
  });

  it('asks whom to invite', () => {
    const pong = hall().type('ixbob<backspace><backspace><backspace><backspace>carol');
    expect(pong.screen()).toMatch(/Whom\? carol$/);
    expect(pong.type('<enter>').took('invite')).toEqual([{ do: 'invite', name: 'carol' }]);
    expect(pong.type('i<escape>q').took('quit')).toHaveLength(1);
  });

  it('is where bots are played against, and invitations declined', () => {
    expect(hall().type('h').took('practise')).toEqual([{ do: 'practise', level: 'hard' }]);
    expect(hall(invited).type('d').took('decline')).toHaveLength(1);
    expect(hall(matchView()).type('d').took('decline')).toHaveLength(0);
  });
});

describe('a match', () => {
  it('is shown with its players, its certain score and what can be done', () => {
    expect(new PongScript({ columns: 60, rows: 20 }).at().screen()).toMatchInlineSnapshot(`
      " alice 2 : 1 bob  first to 5                42 ms  n2 leads
                                    █
                             ▀▀█         ▄█
                             █▀▀    █     █
        █                    ▀▀▀         ▀▀▀
        █                           █
        █                ▄▄
                         ▀▀         █
                                                                ▄
                                    █                           █
                                                                █
                                    █                           ▀

                                    █

                                    █

                                    █

      W ↑ up · S ↓ down · P pause · F forfeit · O info · Q leave"
    `);
  });

  it('begins when both are ready', () => {
    const pong = new PongScript().at({ state: 'lobby', ready: [false, true] });
    expect(pong.screen()).toMatch(/Ready\? Press Space.*\n.*bob is ready/);
    expect(pong.type(' ').took('ready')).toEqual([{ do: 'ready', match: 'p-1' }]);
    expect(pong.match({ state: 'lobby', ready: [true, false] }).screen()).toContain('waiting for bob');
    expect(pong.screen()).not.toContain('Space ready');
    expect(pong.type(' ').took('ready')).toEqual([]);
    pong.match({ state: 'countdown' }).frame(16, { phase: 'countdown', countdown: 2.4 });
    expect(pong.screen()).not.toContain('waiting');
  });

  it('stands still while nobody leads, says so, and who goes on', () => {
    const pong = new PongScript().at();
    const line = (state: 'ready' | 'leaderless', leader: string | null, epoch: number) =>
      pong.event({ type: 'line', line: { state, leader, epoch }, nowMs: pong.nowMs });
    line('leaderless', null, 3);
    expect(pong.screen()).toMatch(/the leader is gone.*\n.*the score is safe/);
    expect(pong.screen()).toContain('2 : 1');
    line('ready', 'n3', 4);
    pong.frame(900, { epoch: 4 });
    expect(pong.screen()).toContain('n3 has taken over; the match goes on');
    expect(pong.frame(6_000, { epoch: 4 }).screen()).not.toContain('taken over');
  });

  it('tells of a pause whose it is and how long it lasts', () => {
    const paused = { state: 'paused', pausedBy: 1, deadline: Date.now() + 42_000 } as const;
    const pong = new PongScript().at();
    pong.nowMs = Date.now();
    pong.frame(0).match({ ...paused, ready: [true, false] });
    expect(pong.screen()).toMatch(/paused by bob, 4\d s left.*\n.*waiting for bob/);
    expect(pong.frame(0, { away: [false, true] }).screen()).toMatch(/paused: bob is away, 4\d s left/);
    pong.event({ type: 'seated', match: matchView(paused), side: 0 });
    expect(pong.screen()).toMatch(/ paused, 4\d s left/);
  });

  it('is left and given up only when that is confirmed', () => {
    const pong = new PongScript().at();
    expect(pong.type('q').screen()).toContain('Leave?');
    expect(pong.type('n').took('leave')).toEqual([]);
    expect(pong.type('qy').took('leave')).toHaveLength(1);
    expect(new PongScript().at().type('fy').took('forfeit')).toHaveLength(1);
    expect(new PongScript().at({ state: 'over' }).type('q').took('leave')).toHaveLength(1);
  });

  it('says how it ended, and is played again when both want that', () => {
    const pong = new PongScript().at().match({ state: 'over', winner: 1, reason: 'won', score: [3, 5] });
    expect(pong.screen()).toContain('bob wins 5 : 3');
    expect(pong.frame(16, { score: [3, 4] }).screen()).toMatch(/^ alice 3 : 5 bob/); // the last report came before the log
    pong.match({ match: 'p-2', state: 'lobby', continues: 'p-1', joined: [false, true] });
    expect(pong.screen()).toContain('bob would like a rematch');
    expect(pong.type('r').took('rematch')).toEqual([{ do: 'rematch', match: 'p-1' }]);
    const given = new PongScript().at().match({ state: 'over', winner: 0, reason: 'forfeit' });
    expect(given.screen()).toContain('you win 2 : 1: bob gave up');
  });

  it('shows lag, tick, epoch and node when asked to', () => {
    const pong = new PongScript().at();
    expect(pong.screen()).not.toContain('tick ');
    for (const shown of ['lag    42 ms', 'late   2', 'tick   912', 'epoch  3', 'node   n2'])
      expect(pong.type(pong.state.hasOverlay ? '' : 'o').screen()).toContain(shown);
    expect(pong.type('o').screen()).not.toContain('epoch  ');
  });

  it('that one looks on at can be left and nothing else', () => {
    const pong = new PongScript().event({ type: 'seated', match: matchView(), side: undefined }).frame(0);
    expect(pong.type('wspfr<up>').effects).toEqual([]);
    expect(pong.screen()).toContain('looking on');
    expect(pong.type('q').took('leave')).toHaveLength(1);
  });
});

it('what others are called and say moves no cursor', () => {
  const pong = new PongScript().at({ players: ['alice', 'b\x1b[2J\u202eob'] });
  const frame = view(pong.state);
  expect(frame.lines.map(plainText).join('')).not.toMatch(/[\x00-\x1f\u202e]/);
});

it('fills any screen exactly, and asks for a larger one where it is too small', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 220 }),
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom('hall', 'rally', 'lobby', 'over', 'paused'),
      fc.boolean(),
      (columns, rows, where, hasOverlay) => {
        const pong = new PongScript({ columns, rows });
        if (where !== 'hall') pong.at({ state: where as 'rally' });
        if (hasOverlay) pong.type('o');
        const { lines } = view(pong.state);
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(lineWidth(line)).toBe(columns);
        const isSmall = columns < smallest.columns || rows < smallest.rows;
        if (columns > 70) expect(plainText(lines[0]!).includes('needs')).toBe(isSmall);
      },
    ),
    { numRuns: 60 },
  );
});

it('draws ball and paddles wherever they are, and nothing outside', () => {
  const anywhere = fc.integer({ min: -20 * 256, max: court.width + 20 * 256 });
  fc.assert(
    fc.property(anywhere, anywhere, anywhere, (x, y, paddle) => {
      const shown = {
        ...emptyCourt,
        ball: { x, y },
        paddles: [paddle, paddle] as const,
        phase: 'rally' as const,
      };
      for (const line of drawCourt({ shown, messages: [], aside: [] }, 80, 22))
        expect(lineWidth(line)).toBe(80);
    }),
  );
});

it('no key means two things in one place', () => {
  for (const use of keyTable)
    for (const where of use.where ?? [])
      for (const key of use.keys) {
        const uses = keyTable.filter((one) => one.keys.includes(key) && (one.where?.includes(where) ?? true));
        expect(uses, `${key} in ${where}`).toHaveLength(1);
      }
});

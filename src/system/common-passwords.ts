/**
 * The commonest passwords: 49,000 from leaks of the past, as zxcvbn-ts ships them (MIT), of which those matter that are long
 * enough to be chosen. Read when the first password is chosen, which only a leader is ever asked for.
 */
import { limits } from '../events/limits.ts';

let common: Promise<ReadonlySet<string>> | undefined;

export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= readCommon();
  return (await common).has(password.toLowerCase());
}

async function readCommon(): Promise<ReadonlySet<string>> {
  const { default: common } = await import('@zxcvbn-ts/language-common'); // CommonJS: in a bundle it has no other export
  return new Set(
    common.dictionary['passwords-common'].filter(({ length }) => length >= limits.passwordLengthMin),
  );
}

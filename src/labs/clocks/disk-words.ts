/** Why a file could not be read or written, in words. */

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'it is no folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};

/** @param cause of the file system. */
export function whyNotRead(cause: unknown): string {
  return wordsFor(cause, 'it is not there');
}

/** The folders above were made, where they can be: what is missing still cannot be made, as in /proc. */
export function whyNotWritten(cause: unknown): string {
  return wordsFor(cause, 'nothing can be made there');
}

function wordsFor(cause: unknown, missing: string): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? missing : (reasons[code] ?? message);
}

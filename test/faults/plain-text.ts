/** Between machines that are none: the networks of the tests lie within this machine. */
import type { Security } from '../../src/transport/security.ts';

export const plainText: Security = { isPlainTextAllowed: true };
export const plainTextArgument = '--insecure-plaintext';

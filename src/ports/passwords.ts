/** Slow hashing of what people remember. Hashing and verifying take long and never run where decisions are made. */
export interface Passwords {
  /** A self-describing hash: algorithm, parameters, salt. */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown account (`hash` undefined) as for a known one. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
  /** Whether the hash was made with less work than a new one would be. */
  isOutdated(hash: string): boolean;
  /** Whether it is among those that anybody would try first, in whatever capitals. */
  isCommon(password: string): Promise<boolean>;
}

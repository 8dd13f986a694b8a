/** Said wherever a recovery code is shown. */
export const recoveryAdvice =
  'Write it down: it is shown only now. `verbatim recover NAME` sets a forgotten password anew with it.';

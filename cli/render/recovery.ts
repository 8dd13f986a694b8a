/** Said wherever a recovery code is shown. */
export const recoveryAdvice =
  'Write it down: it is shown only now. With it a forgotten password is set anew: answer f when the chat asks, or run `verbatim recover NAME`.';

/** Accounts: who somebody is. */
import type { AccountService } from './generated/verbatim/v1/accounts_pb.js';
import type { Handlers } from './service.ts';

export const accounts: Handlers<typeof AccountService> = {
  async register({ name, password }, call) {
    const { recoveryCode } = await call.connection.asGuest(call.leftMs(), (guest) =>
      guest.register(name, password, call.leftMs()),
    );
    return { recoveryCode };
  },

  async logIn({ name, password }, call) {
    const loggedIn = await call.connection.logIn(name, password, call.leftMs());
    return { name: loggedIn.name, token: loggedIn.token };
  },

  async recover(request, call) {
    const { recoveryCode } = await call.connection.asGuest(call.leftMs(), (guest) =>
      guest.recover(request.name, request.recoveryCode, request.password, call.leftMs()),
    );
    return { recoveryCode };
  },

  async logOut({ everywhere }, call) {
    const user = await call.user();
    if (everywhere) await user.logOutEverywhere(call.leftMs());
    else await user.logOut(call.leftMs());
    call.connection.forget(call.token);
    return {};
  },

  async changePassword({ password, newPassword }, call) {
    await (await call.user()).changePassword(password, newPassword, call.leftMs());
    return {};
  },

  async deleteAccount(_request, call) {
    await (await call.user()).deleteAccount(call.leftMs());
    call.connection.forget(call.token);
    return {};
  },

  async whoAmI(_request, call) {
    const { name } = await (await call.user()).whoAmI(call.leftMs());
    return { name };
  },
};

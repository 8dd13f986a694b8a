/** Somebody whom the mode of a folder binds: root reads and writes everything, so nobody takes its place. */
export const outsider = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

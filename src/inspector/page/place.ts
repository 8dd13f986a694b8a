/** Where the reader is, in the address: a link opens just that. */
export interface Place {
  readonly view: 'cluster' | 'actors';
  readonly actor: string | null;
  /** A position of the log; live where null. */
  readonly at: number | null;
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/');
  const at = new URLSearchParams(query).get('at');
  const actor = rest.map(decodeURIComponent).join('/');
  return {
    view: view === 'actors' ? 'actors' : 'cluster',
    actor: actor || null,
    at: at !== null && /^\d+$/.test(at) ? Number(at) : null,
  };
}

export function hashOf({ view, actor, at }: Place): string {
  const path = actor === null ? '' : `/${actor.split('/').map(encodeURIComponent).join('/')}`;
  return `#/${view}${path}${at === null ? '' : `?at=${at}`}`;
}

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
  const actor = rest.map(decoded).join('/');
  return {
    view: view === 'actors' ? 'actors' : 'cluster',
    actor: actor || null,
    at: positionIn(new URLSearchParams(query).get('at')),
  };
}

/** The cluster is one place, whoever was looked at before. */
export function hashOf({ view, actor, at }: Place): string {
  if (view === 'cluster') return '#/cluster';
  const path = actor === null ? '' : `/${actor.split('/').map(encodeURIComponent).join('/')}`;
  return `#/${view}${path}${at === null ? '' : `?at=${at}`}`;
}

/** As somebody typed it; null where that is no position of any log. */
export function positionIn(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** What nobody encoded is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

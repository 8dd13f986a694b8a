/** The tree of all actors. Only what is in sight is drawn, so that ten thousand cost what fifty cost. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TreeRow } from '../model/tree.ts';
import { counted } from './format.ts';
import type { Store } from './store.ts';

const rowHeight = 26;
const beyond = 12;

interface Props {
  readonly store: Store;
  readonly selected: string | null;
  select(actor: string): void;
}

export function ActorList({ store, selected, select }: Props) {
  const [search, setSearch] = useState('');
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const list = useRef<HTMLDivElement>(null);
  const { version } = store.tree;
  // The tree is changed in place, and says so by its version.
  const rows = useMemo(() => store.tree.rows(search, collapsed), [version, search, collapsed]);
  useEffect(() => {
    const measured = new ResizeObserver(() => setHeight(list.current?.clientHeight ?? 600));
    if (list.current) measured.observe(list.current);
    return () => measured.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const last = Math.min(rows.length, Math.ceil((top + height) / rowHeight) + beyond);

  const toggle = (key: string) => {
    const next = new Set(collapsed);
    if (!next.delete(key)) next.add(key);
    setCollapsed(next);
  };
  const move = (by: number) => {
    const actors = rows.flatMap((row, index) => (row.is === 'actor' ? [{ id: row.actor[0], index }] : []));
    const now = actors.findIndex(({ id }) => id === selected);
    const next = actors[Math.min(Math.max(now + by, 0), actors.length - 1)];
    if (!next) return;
    select(next.id);
    const at = next.index * rowHeight;
    const element = list.current;
    if (element && (at < element.scrollTop || at > element.scrollTop + element.clientHeight - rowHeight))
      element.scrollTop = at - element.clientHeight / 2;
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  return (
    <nav aria-label="Actors" onKeyDown={onKey}>
      <input
        id="search"
        type="search"
        placeholder="search ( / )"
        aria-label="Search actors"
        value={search}
        onInput={({ currentTarget }) => {
          setSearch(currentTarget.value);
          if (list.current) list.current.scrollTop = 0;
        }}
      />
      <p id="count">{counted(store.tree.size, 'actor')}</p>
      <div
        id="tree"
        ref={list}
        role="tree"
        tabIndex={0}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      >
        <div style={{ height: `${rows.length * rowHeight}px` }}>
          <div style={{ transform: `translateY(${first * rowHeight}px)` }}>
            {rows.slice(first, last).map((row) => (
              <Row
                key={keyOf(row)}
                row={row}
                label={row.is === 'group' ? row.label : store.tree.label(row.actor)}
                selected={selected}
                select={select}
                toggle={toggle}
                collapsed={collapsed}
              />
            ))}
          </div>
        </div>
      </div>
    </nav>
  );
}

function keyOf(row: TreeRow): string {
  return row.is === 'group' ? `# ${row.key}` : row.actor[0];
}

interface RowProps extends Omit<Props, 'store'> {
  readonly row: TreeRow;
  readonly label: string;
  readonly collapsed: ReadonlySet<string>;
  toggle(key: string): void;
}

function Row({ row, label, selected, select, collapsed, toggle }: RowProps) {
  if (row.is === 'group') {
    const isOpen = !collapsed.has(row.key);
    return (
      <button
        type="button"
        class={`row group depth${row.depth}`}
        tabIndex={-1}
        aria-expanded={isOpen}
        onClick={() => toggle(row.key)}
      >
        {isOpen ? '▾' : '▸'} {label} <small>{row.count}</small>
      </button>
    );
  }
  const [id, , , state] = row.actor;
  return (
    <button
      type="button"
      role="treeitem"
      class="row actor"
      tabIndex={-1}
      aria-selected={id === selected}
      data-actor={id}
      onClick={() => select(id)}
    >
      <bdi>{label || id}</bdi> <small>{id.slice(id.indexOf('/') + 1)}</small> <em>{state}</em>
    </button>
  );
}

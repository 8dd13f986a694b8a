/** The keyboard: each key presses the button that is named after it, and a list says which there are. */
const keys = [
  ['c, a', 'the cluster, the actors'],
  ['/', 'search; Enter opens the first that is found'],
  ['↑ ↓', 'the actor before, the next one'],
  ['[ ]', 'the event before, the next one'],
  ['Space', 'play the past, pause'],
  ['l', 'live'],
  ['+ - 0', 'the chart larger, smaller, whole'],
  ['Esc', 'leave a field, close what was opened'],
  ['?', 'this list'],
] as const;

export function Keys() {
  return (
    <details class="keys">
      <summary data-key="?" title="Keys ( ? )">
        keys ?
      </summary>
      <dl class="list">
        {keys.flatMap(([key, what]) => [<dt key={key}>{key}</dt>, <dd key={what}>{what}</dd>])}
      </dl>
    </details>
  );
}

export function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  const isTyping = target instanceof HTMLInputElement && target.type !== 'range';
  if (key === 'Escape' && target instanceof HTMLElement) target.blur();
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  if (key === ' ' && target instanceof HTMLElement && target.matches('button, summary')) return;
  if (key === 'Escape') document.querySelector('details.keys')?.removeAttribute('open');
  if (key === '/') {
    event.preventDefault();
    document.getElementById('search')?.focus();
    return;
  }
  const button = document.querySelector<HTMLElement>(`[data-key=${JSON.stringify(key)}]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** What was clicked with a mouse is not what Space means from then on; whoever walks by Tab keeps their place. */
export function onPointed({ detail, target }: MouseEvent): void {
  const button = detail > 0 && target instanceof Element ? target.closest('button, summary') : null;
  if (button instanceof HTMLElement) button.blur();
}

/** Elements of the page. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', textContent: text, title: label, ariaLabel: label });
  made.addEventListener('click', act);
  return made;
}

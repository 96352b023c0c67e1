/** What clicks and typing mean: one listener for the whole page, so that a redrawn element needs none of its own. */

export interface Actions {
  readonly change: (method: 'POST' | 'DELETE', path: string) => void;
  readonly filter: (text: string) => void;
  readonly theme: () => void;
  readonly open: (trace: string) => void;
}

export function onActions(page: Document, actions: Actions): void {
  page.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('[data-action]') : null;
    if (target !== null && act(target, actions)) {
      event.preventDefault();
    }
  });
  page.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.dataset['action'] === 'filter') {
      actions.filter(target.value);
    }
  });
}

/** Whether the click was ours. */
function act(target: Element, { change, theme, open }: Actions): boolean {
  const fault = encodeURIComponent(target.getAttribute('data-fault') ?? '');
  switch (target.getAttribute('data-action')) {
    case 'break':
      change('POST', `faults/${fault}`);
      return true;
    case 'mend':
      change('DELETE', `faults/${fault}`);
      return true;
    case 'mend-all':
      change('DELETE', 'faults');
      return true;
    case 'end-tour':
      change('DELETE', 'tour');
      return true;
    case 'theme':
      theme();
      return true;
    case 'open-run':
      open(target.getAttribute('data-trace') ?? '');
      return true;
    case 'skip':
      document.getElementById('main')?.focus();
      return true;
    case null:
    default:
      return false;
  }
}

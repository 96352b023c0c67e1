/** Light or dark: as the reader's system says, until the reader says otherwise on this machine. */

const key = 'golden-path-theme';

type Theme = 'light' | 'dark';

export function restoreTheme(): void {
  const kept = readKept();
  if (kept !== null) {
    document.documentElement.dataset['theme'] = kept;
  }
}

export function toggleTheme(): void {
  const shown = document.documentElement.dataset['theme'] ?? systemTheme();
  const next: Theme = shown === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // A report that was opened as a file may have no storage: the choice then lasts as long as the page.
  }
}

function readKept(): Theme | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return null;
  }
}

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

import { useEffect } from 'react';

/** The title of the tab, the page's own name first: tabs are narrow. */
export function usePageTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · Heliograph`;
  }, [name]);
}

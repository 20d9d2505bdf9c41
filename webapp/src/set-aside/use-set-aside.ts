import { useQuery } from '@tanstack/react-query';
import { setAsideItems } from '../api/hub.ts';

/** What was set aside, asked for now and then: it is rare. */
export function useSetAside() {
  return useQuery({ queryKey: ['set-aside'], queryFn: setAsideItems, refetchInterval: 15_000 });
}

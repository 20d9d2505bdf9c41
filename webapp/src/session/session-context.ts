import { createContext, useContext } from 'react';
import type { AccessRole } from '../../../src/core/role.ts';
import type { Session } from '../../../src/http/schemas/session.ts';

const SessionContext = createContext<Session | null>(null);
export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of SessionProvider');
  return session;
}

const RANK: Record<AccessRole, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether who is signed in may do what this role may. What they may not is not offered. */
export function useMayAct(needs: AccessRole): boolean {
  return RANK[useSession().role] >= RANK[needs];
}

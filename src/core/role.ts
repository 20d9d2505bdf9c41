/** What a credential may do; each role may do what the ones before it may. */
export const ACCESS_ROLES = ['viewer', 'operator', 'admin'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export function mayAct(has: AccessRole, needs: AccessRole): boolean {
  return ACCESS_ROLES.indexOf(has) >= ACCESS_ROLES.indexOf(needs);
}

/** The parts of the hub a process can run. */
export const HUB_ROLES = ['receiver', 'workers', 'scheduler', 'api'] as const;
export type HubRole = (typeof HUB_ROLES)[number];

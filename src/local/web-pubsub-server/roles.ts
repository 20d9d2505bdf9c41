/*
 * What a client may do comes from its token's roles and from permissions the REST API grants later: both are one set here.
 *   webpubsub.joinLeaveGroup[.{group}]   webpubsub.sendToGroup[.{group}]
 */

const PERMISSIONS = ['joinLeaveGroup', 'sendToGroup'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}

/** @param group null for every group */
export function roleFor(permission: Permission, group: string | null): string {
  return group === null ? `webpubsub.${permission}` : `webpubsub.${permission}.${group}`;
}

/** @param group null asks for the permission on every group */
export function isPermitted(
  roles: ReadonlySet<string>,
  permission: Permission,
  group: string | null,
): boolean {
  return roles.has(roleFor(permission, null)) || roles.has(roleFor(permission, group));
}

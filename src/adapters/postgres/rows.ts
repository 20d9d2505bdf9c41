/** Columns as `pg` gives them become what the ports promise: times are RFC 3339 in UTC. */
export function isoTime(value: Date): string {
  return value.toISOString();
}

export function isoTimeOrNull(value: Date | null): string | null {
  return value === null ? null : value.toISOString();
}

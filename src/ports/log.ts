/**
 * The process's own log: one wide line per finished act (`notification.accepted`, `event.appended`, …), the same id fields
 * everywhere. Never a secret, a token, or what a notification carries.
 */
export interface Log {
  debug(fields: object, act: string): void;
  info(fields: object, act: string): void;
  warn(fields: object, act: string): void;
  error(fields: object, act: string): void;
}

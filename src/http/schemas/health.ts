import { Type, type Static } from 'typebox';

/** Detail only for callers with a key; others get `status` alone. */
export const Readiness = Type.Object({
  status: Type.Enum(['ready', 'not_ready']),
  mode: Type.Optional(Type.Enum(['local', 'production'])),
  version: Type.Optional(Type.String()),
  roles: Type.Optional(Type.Array(Type.String())),
  standIns: Type.Optional(
    Type.Array(Type.Object({ for: Type.String(), what: Type.String() }), {
      description: 'what is embedded, simulated or generated here',
    }),
  ),
  dependencies: Type.Optional(
    Type.Record(Type.String(), Type.Object({ ok: Type.Boolean(), message: Type.Optional(Type.String()) })),
  ),
});
export type Readiness = Static<typeof Readiness>;

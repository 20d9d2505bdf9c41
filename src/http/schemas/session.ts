import { Type, type Static } from 'typebox';
import { ACCESS_ROLES } from '../../core/role.ts';
import { Timestamp } from './common.ts';

/** Who is signed in, by whatever credential. */
export const Session = Type.Object({
  name: Type.String(),
  role: Type.Enum(ACCESS_ROLES),
  expiresAt: Type.Union([Timestamp, Type.Null()]),
});
export type Session = Static<typeof Session>;

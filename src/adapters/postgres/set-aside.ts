import type { Pool } from 'pg';
import { LANES } from '../../core/inbox.ts';
import type { SetAsideCode } from '../../core/set-aside.ts';
import type { InboxStore } from '../../ports/inbox-store.ts';
import { query } from './pool.ts';
import { isoTime } from './rows.ts';

interface Row {
  id: number;
  posts: string;
  accepted_at: Date;
  set_aside_at: Date;
  code: SetAsideCode;
  message: string;
  subscription_key: string | null;
  resource: string | null;
}

export function setAside(pool: Pool): Pick<InboxStore, 'listSetAside' | 'runSetAside' | 'discardSetAside'> {
  return {
    async listSetAside({ before, limit }) {
      const rows = await query<Row>(
        pool,
        'select * from heliograph.set_aside where $1::bigint is null or id < $1 order by id desc limit $2',
        [before, limit],
      );
      return rows.map((row) => ({
        id: row.id,
        posts: row.posts,
        acceptedAt: isoTime(row.accepted_at),
        setAsideAt: isoTime(row.set_aside_at),
        code: row.code,
        message: row.message,
        subscriptionKey: row.subscription_key,
        resource: row.resource,
      }));
    },
    async runSetAside(ids) {
      const rows = await query<{ lane: number }>(
        pool,
        `with taken as (
           delete from heliograph.set_aside where $1::bigint[] is null or id = any ($1) returning *
         )
         insert into heliograph.inbox (lane, posts, items, accepted_at)
         select (id % $2)::smallint, posts, 1, accepted_at from taken
         returning lane`,
        [ids, LANES],
      );
      return { ran: rows.length, lanes: [...new Set(rows.map(({ lane }) => lane))] };
    },
    async discardSetAside(id) {
      const rows = await query(pool, 'delete from heliograph.set_aside where id = $1 returning id', [id]);
      return rows.length > 0;
    },
  };
}

-- The main path: inbox -> log -> destinations, and the subscriptions that feed it.
-- All times are set by the database's own clock, so that leases of several processes agree.

-- ---------------------------------------------------------------- inbox

-- One row is one commit of the receiver, however many posts. The text is JSON, not jsonb: jsonb refuses \u0000.
create table heliograph.inbox (
  id bigint generated always as identity primary key,
  lane smallint not null,
  posts text not null,
  items integer not null,
  accepted_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  attempts smallint not null default 0,
  owner text,
  leased_until timestamptz not null default '-infinity'
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- Rows live for milliseconds: compressing them costs more than it saves.
alter table heliograph.inbox alter column posts set storage external;
create index inbox_lane on heliograph.inbox (lane, id);

create table heliograph.set_aside (
  id bigint generated always as identity primary key,
  posts text not null,
  accepted_at timestamptz not null,
  set_aside_at timestamptz not null default clock_timestamp(),
  code text not null,
  message text not null,
  subscription_key text,
  resource text
);

-- Leases what is due, oldest first. A row attempted alone_after times or more is claimed alone: what crashes a worker is found.
create function heliograph.claim_inbox(
  p_lane smallint, p_owner text, p_lease interval, p_rows integer, p_bytes bigint, p_alone_after integer
) returns setof heliograph.inbox language sql as $$
  -- A lease that a crash of the database forgets does no harm, so nobody waits for the disk.
  select set_config('synchronous_commit', 'off', true);
  with due as (
    select id, attempts, octet_length(posts) as bytes
      from heliograph.inbox
     where lane = p_lane and due_at <= clock_timestamp() and leased_until <= clock_timestamp()
     order by id
     limit p_rows
       for update skip locked
  ), placed as (
    select id, attempts,
           sum(bytes) over (order by id) - bytes as bytes_before,
           row_number() over (order by id) as place
      from due
  )
  update heliograph.inbox i
     set owner = p_owner, leased_until = clock_timestamp() + p_lease, attempts = i.attempts + 1
    from placed
   where i.id = placed.id
     and (placed.place = 1
          or (placed.bytes_before < p_bytes
              and placed.attempts < p_alone_after
              and not exists (select from placed first where first.place = 1 and first.attempts >= p_alone_after)))
  returning i.*
$$;

-- ---------------------------------------------------------------- log

-- The counter that numbers the log: gapless, in commit order, because its row stays locked until the append commits.
create table heliograph.log_head (
  only_row boolean primary key default true check (only_row),
  sequence bigint not null,
  oldest bigint not null
);
insert into heliograph.log_head (sequence, oldest) values (0, 1);

-- The ids that deduplicate, apart from the events, because a unique index over partitions would need their key.
create table heliograph.event_ids (
  id text primary key,
  added_on date not null default current_date
);

create table heliograph.events (
  sequence bigint not null,
  id text not null,
  type text not null,
  source text not null,
  subject text not null,
  accepted_at timestamptz not null,
  tenant_id text,
  subscription_key text,
  change_type text,
  origin text not null,
  data text not null,
  verified_at timestamptz not null,
  fetched_at timestamptz,
  appended_at timestamptz not null,
  primary key (sequence, appended_at)
) partition by range (appended_at);
-- By the subject's hash: a subject is a hundred characters and more, and an index of them costs the append more than the events do.
create index events_subject on heliograph.events (hashtextextended(subject, 0), sequence);

-- Makes the partition of each day from yesterday to p_days ahead.
create function heliograph.ensure_partitions(p_days integer) returns void language plpgsql as $$
declare
  v_day date;
begin
  for v_day in
    select generate_series(current_date - 1, current_date + p_days, interval '1 day')::date
  loop
    if to_regclass(format('heliograph.events_%s', to_char(v_day, 'YYYYMMDD'))) is null then
      execute format(
        'create table if not exists heliograph.%I partition of heliograph.events for values from (%L) to (%L)',
        'events_' || to_char(v_day, 'YYYYMMDD'),
        v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC');
    end if;
  end loop;
end
$$;

-- Appends, numbers, deduplicates, deletes the inbox rows and writes what is left over: one transaction in one round trip.
-- Measured: the same as separate statements made the 99th percentile of the whole path twice as long.
create function heliograph.append_events(
  p_owner text, p_rows bigint[],
  p_ids text[], p_types text[], p_sources text[], p_subjects text[], p_accepted timestamptz[], p_tenants text[],
  p_keys text[], p_change_types text[], p_origins text[], p_data text[], p_verified timestamptz[], p_fetched timestamptz[],
  p_read_at bigint[],
  p_rest_lanes smallint[], p_rest_posts text[], p_rest_items integer[], p_rest_accepted timestamptz[], p_rest_delays integer[],
  p_aside_posts text[], p_aside_accepted timestamptz[], p_aside_codes text[], p_aside_messages text[], p_aside_keys text[],
  p_aside_resources text[],
  out status text, out head bigint, out duplicates integer[], out stale integer[]
) language plpgsql as $$
declare
  v_held integer;
  v_fresh text[];
  v_appended integer;
  v_now timestamptz;
begin
  if cardinality(p_rows) > 0 then
    with held as (
      select from heliograph.inbox where id = any (p_rows) and owner = p_owner for update
    )
    select count(*) into v_held from held;
    if v_held <> cardinality(p_rows) then
      status := 'lease_lost';
      return;
    end if;
  end if;

  begin
    -- Sorted, so that two appends of the same ids wait for each other instead of dead-locking.
    with fresh as (
      insert into heliograph.event_ids (id)
      select distinct id from unnest(p_ids) as u(id) order by id
      on conflict do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into v_fresh from fresh;
    v_appended := cardinality(v_fresh);
    if v_appended < cardinality(p_ids) then
      select coalesce(array_agg(u.place::integer - 1 order by u.place), '{}') into duplicates
        from (select id, place, row_number() over (partition by id order by place) as nth
                from unnest(p_ids) with ordinality as p(id, place)) u
        left join unnest(v_fresh) as f(id) on f.id = u.id
       where f.id is null or u.nth > 1;
    end if;

    if v_appended > 0 then
      update heliograph.log_head set sequence = sequence + v_appended returning sequence into head;
      v_now := clock_timestamp();

      -- Under the head's lock nobody else can append. A fetch that began before another event of its subject was appended
      -- may carry an older state than that event does.
      select array_agg(e.place::integer - 1) into stale
        from unnest(p_ids, p_subjects, p_tenants, p_read_at) with ordinality as e(id, subject, tenant, read_at, place)
        join unnest(v_fresh) as f(id) on f.id = e.id
       where e.read_at is not null
         and exists (
           select from heliograph.events x
            where hashtextextended(x.subject, 0) = hashtextextended(e.subject, 0) and x.subject = e.subject
              and x.sequence > e.read_at and x.tenant_id = e.tenant
              and x.appended_at > v_now - interval '1 hour');
      if stale is not null then
        raise exception using errcode = 'HG002', message = 'stale';
      end if;

      insert into heliograph.events
        (sequence, id, type, source, subject, accepted_at, tenant_id, subscription_key, change_type, origin, data,
         verified_at, fetched_at, appended_at)
      select head - v_appended + row_number() over (order by e.place),
             e.id, e.type, e.source, e.subject, e.accepted, e.tenant, e.key, e.change_type, e.origin, e.data,
             e.verified, e.fetched, v_now
        from (
          select distinct on (u.id) u.*
            from unnest(p_ids, p_types, p_sources, p_subjects, p_accepted, p_tenants, p_keys, p_change_types, p_origins,
                        p_data, p_verified, p_fetched)
                 with ordinality as u(id, type, source, subject, accepted, tenant, key, change_type, origin, data, verified,
                                      fetched, place)
           order by u.id, u.place
        ) e
        join unnest(v_fresh) as f(id) on f.id = e.id;
    else
      select sequence into head from heliograph.log_head;
    end if;

    if cardinality(p_rows) > 0 then
      delete from heliograph.inbox where id = any (p_rows);
    end if;
    if cardinality(p_rest_lanes) > 0 then
      insert into heliograph.inbox (lane, posts, items, accepted_at, due_at)
      select r.lane, r.posts, r.items, r.accepted, clock_timestamp() + r.delay * interval '1 millisecond'
        from unnest(p_rest_lanes, p_rest_posts, p_rest_items, p_rest_accepted, p_rest_delays)
             as r(lane, posts, items, accepted, delay);
    end if;
    if cardinality(p_aside_posts) > 0 then
      insert into heliograph.set_aside (posts, accepted_at, code, message, subscription_key, resource)
      select a.posts, a.accepted, a.code, a.message, a.key, a.resource
        from unnest(p_aside_posts, p_aside_accepted, p_aside_codes, p_aside_messages, p_aside_keys, p_aside_resources)
             as a(posts, accepted, code, message, key, resource);
    end if;
    -- Coarse on purpose: a row that every append updates would be the busiest of the database.
    update heliograph.subscriptions s
       set last_notification_at = n.latest
      from (select u.key, max(u.accepted) as latest
              from unnest(p_keys, p_accepted, p_change_types) as u(key, accepted, change_type)
             where u.change_type is not null
             group by u.key) n
     where s.key = n.key
       and (s.last_notification_at is null or s.last_notification_at < n.latest - interval '5 seconds');
    status := 'appended';
  exception when sqlstate 'HG002' then
    status := 'stale';
  end;
end
$$;

-- ---------------------------------------------------------------- subscriptions

create table heliograph.subscriptions (
  key text primary key,
  tenant text not null,
  resource text not null,
  change_types text[] not null,
  rich boolean not null,
  "fetch" text not null,
  status text not null,
  reason jsonb,
  graph_id text,
  expires_at timestamptz,
  renew_at timestamptz,
  last_notification_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  failures integer not null default 0,
  fence bigint not null default 0,
  claimed_until timestamptz not null default '-infinity'
);
create unique index subscriptions_watch on heliograph.subscriptions (tenant, resource, change_types, rich)
  where status <> 'deleting';
create index subscriptions_due on heliograph.subscriptions (renew_at) where renew_at is not null;

-- Every id Graph ever gave a subscription of ours: a notification sent just before a recreation is still believed.
create table heliograph.subscription_graph_ids (
  graph_id text primary key,
  key text not null references heliograph.subscriptions (key) on delete cascade,
  since timestamptz not null default clock_timestamp()
);
create index subscription_graph_ids_key on heliograph.subscription_graph_ids (key);

-- ---------------------------------------------------------------- destinations

create table heliograph.destinations (
  name text primary key,
  kind text not null,
  paused boolean not null default false,
  cursor bigint not null,
  owner text,
  fence bigint not null default 0,
  leased_until timestamptz not null default '-infinity',
  failures integer not null default 0,
  retry_at timestamptz,
  last_error jsonb,
  last_delivered_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create table heliograph.parked (
  destination text not null references heliograph.destinations (name) on delete cascade,
  sequence bigint not null,
  code text not null,
  message text not null,
  attempts integer not null,
  next_attempt_at timestamptz not null,
  primary key (destination, sequence)
);
create index parked_due on heliograph.parked (destination, next_attempt_at);
create index parked_sequence on heliograph.parked (sequence);

create table heliograph.grants (
  group_name text primary key,
  expires_at timestamptz not null
);

-- ---------------------------------------------------------------- keys and leases

create table heliograph.api_keys (
  name text primary key,
  role text not null,
  hash bytea not null,
  created_at timestamptz not null default clock_timestamp()
);

create table heliograph.leases (
  name text primary key,
  owner text not null,
  leased_until timestamptz not null
);

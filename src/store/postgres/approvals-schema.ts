import type { Schema } from './migrate.ts';

/** How many are open; changed with each approval, so that it never has to be counted. */
const COUNTED = `
  CREATE FUNCTION sallyport_approval_counted_1() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE sallyport_open_approvals SET
      pending = pending + (new.state = 'pending')::int
        - coalesce((old.state = 'pending')::int, 0),
      granted = granted + (new.state = 'granted')::int
        - coalesce((old.state = 'granted')::int, 0);
    RETURN NULL;
  END $$;
  CREATE TRIGGER sallyport_approval_opened AFTER INSERT ON sallyport_approval
    FOR EACH ROW EXECUTE FUNCTION sallyport_approval_counted_1();
  CREATE TRIGGER sallyport_approval_replaced AFTER UPDATE OF state ON sallyport_approval
    FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION sallyport_approval_counted_1()`;

/** Opens an approval, unless one of its binding is open, and says what has become of it. */
const OPEN = `
  CREATE FUNCTION sallyport_approval_open_1(
    p_gate text, p_max int, p_max_per_caller int,
    p_id text, p_version int, p_state text, p_binding text, p_issuer text, p_sub text,
    p_upstream text, p_method text, p_target text, p_break_glass boolean, p_standing boolean,
    p_ends float8, p_ended_at float8, p_call text, p_rest text,
    p_notices text[], p_channels text[], p_news text[], p_attempts int[], p_due float8[])
  RETURNS TABLE (outcome text, call text, rest text)
  LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
  DECLARE
    v_pending int; v_own int;
  BEGIN
    -- One at a time, so that one of a binding is opened and no bound is passed.
    SELECT c.pending INTO v_pending FROM sallyport_open_approvals c FOR UPDATE;
    SELECT 'there', a.call, a.rest INTO outcome, call, rest
      FROM sallyport_approval a WHERE a.binding = p_binding AND a.ends IS NOT NULL;
    IF NOT FOUND THEN
      SELECT count(*) INTO v_own FROM (
        SELECT 1 FROM sallyport_approval a
        WHERE left(a.sub, 200) = left(p_sub, 200) AND a.sub = p_sub AND a.issuer = p_issuer
          AND a.state = 'pending' LIMIT p_max_per_caller) found;
      IF v_pending >= p_max THEN
        outcome := 'full';
      ELSIF v_own >= p_max_per_caller THEN
        outcome := 'full of caller';
      ELSE
        INSERT INTO sallyport_approval (id, version, state, binding, issuer, sub, upstream, method,
            target, break_glass, standing, ends, ended_at, changed_by, call, rest)
          VALUES (p_id, p_version, p_state, p_binding, p_issuer, p_sub, p_upstream, p_method,
            p_target, p_break_glass, p_standing, p_ends, p_ended_at, p_gate, p_call, p_rest);
        INSERT INTO sallyport_approval_notice (id, approval, channel, news, attempts, due)
          SELECT n.id, p_id, n.channel, n.news, n.attempts, n.due
          FROM unnest(p_notices, p_channels, p_news, p_attempts, p_due)
            AS n (id, channel, news, attempts, due);
        PERFORM pg_notify('sallyport_approvals', p_gate || ' ' || p_id);
        outcome := 'opened';
      END IF;
    END IF;
    RETURN NEXT;
  END $$`;

const migrations: readonly string[] = [
  // An index holds no text of any length, so those on callers and targets have the beginning of it.
  `CREATE TABLE sallyport_approval (
     id text COLLATE "C" PRIMARY KEY,
     version int NOT NULL,
     state text COLLATE "C" NOT NULL,
     binding text COLLATE "C" NOT NULL,
     issuer text COLLATE "C" NOT NULL,
     sub text COLLATE "C" NOT NULL,
     upstream text COLLATE "C" NOT NULL,
     method text COLLATE "C" NOT NULL,
     target text COLLATE "C" NOT NULL,
     break_glass boolean NOT NULL,
     standing boolean NOT NULL,
     ends float8,
     ended_at float8,
     changed timestamptz NOT NULL DEFAULT clock_timestamp(),
     changed_by text COLLATE "C" NOT NULL,
     call text NOT NULL,
     rest text NOT NULL
   );
   CREATE UNIQUE INDEX sallyport_approval_open ON sallyport_approval (binding)
     WHERE ends IS NOT NULL;
   CREATE INDEX sallyport_approval_by_end ON sallyport_approval (ends, id)
     WHERE ends IS NOT NULL;
   CREATE INDEX sallyport_approval_ended ON sallyport_approval (ended_at)
     WHERE ended_at IS NOT NULL;
   CREATE INDEX sallyport_approval_pending ON sallyport_approval (left(sub, 200))
     WHERE state = 'pending';
   CREATE INDEX sallyport_approval_in_force
     ON sallyport_approval (left(sub, 200), left(target, 200))
     WHERE standing AND state = 'granted';
   CREATE INDEX sallyport_approval_by_state ON sallyport_approval (state, id);
   CREATE INDEX sallyport_approval_by_caller ON sallyport_approval (left(sub, 200), id);
   CREATE INDEX sallyport_approval_by_target ON sallyport_approval (left(target, 200), id);
   CREATE INDEX sallyport_approval_by_both
     ON sallyport_approval (left(sub, 200), left(target, 200), id);
   CREATE INDEX sallyport_approval_by_binding ON sallyport_approval (binding, state, id);
   CREATE INDEX sallyport_approval_break_glass ON sallyport_approval (id) WHERE break_glass;
   CREATE INDEX sallyport_approval_standing ON sallyport_approval (id) WHERE standing;
   CREATE INDEX sallyport_approval_changed ON sallyport_approval (changed);
   CREATE TABLE sallyport_approval_notice (
     id text COLLATE "C" PRIMARY KEY,
     approval text COLLATE "C" NOT NULL,
     channel text COLLATE "C" NOT NULL,
     news text COLLATE "C" NOT NULL,
     attempts int NOT NULL,
     due float8 NOT NULL
   );
   CREATE INDEX sallyport_approval_notice_by_due ON sallyport_approval_notice (channel, due, id);
   CREATE INDEX sallyport_approval_notice_of ON sallyport_approval_notice (approval);
   CREATE TABLE sallyport_open_approvals (pending int NOT NULL, granted int NOT NULL);
   INSERT INTO sallyport_open_approvals (pending, granted) VALUES (0, 0);
   ${COUNTED};
   ${OPEN};`,
];

export const approvalsSchema: Schema = {
  table: 'sallyport_approvals',
  lock: 7_411_000_003,
  migrations,
};
